#!/bin/sh
# Installs, on Debian and its kin, the commands that the suites use and that are not there. Says nothing if all are.
# What it cannot install, the run itself names.
set -eu

packages=""
while read -r command package; do
  command -v "$command" >/dev/null || packages="$packages $package"
done <<LIST
bash bash
buildah buildah
busybox busybox-static
curl curl
dash dash
fish fish
git git
groff groff-base
jq jq
man man-db
mandoc mandoc
openssl openssl
podman podman
ps procps
runc runc
script bsdutils
shellcheck shellcheck
skopeo skopeo
systemd-analyze systemd
unshare util-linux
unzip unzip
wget wget
zsh zsh
LIST

[ -n "$packages" ] || exit 0
command -v apt-get >/dev/null || exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || exit 0
  as_root="sudo -n"
fi
echo "installing:$packages"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # one word for each package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
