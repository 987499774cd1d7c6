#!/bin/sh
# A version and this machine's platform to an installed job-controller: downloads its archive, verifies the checksum before it
# unpacks or runs anything, moves the program into its folder when it is known to start, and prints its path.
#
#   sh install.sh [--version=VERSION] [--dir=FOLDER] [--base-url=URL]
#
# JOB_CONTROLLER_INSTALL_VERSION, JOB_CONTROLLER_INSTALL_DIR and JOB_CONTROLLER_INSTALL_BASE_URL stand for flags that are left
# out. The base URL is the folder that holds the folders of the releases (v0.1.0, …). Whatever fails, nothing is left behind.
set -eu
LC_ALL=C
export LC_ALL

# Both are filled in for the copy that a release carries: scripts/release/installer.ts.
release_version=""
release_base_url=""

main() {
  read_arguments "$@"
  find_platform
  archive=job-controller_${version}_${platform}.$form
  checksums=job-controller_${version}_checksums.txt
  make_stage
  download "$checksums"
  expect_checksum
  printf 'Downloading %s\n' "$archive" >&2
  download "$archive"
  verify
  unpack
  try
  [ ! -d "$dir/$program" ] || fail "Cannot install \"$dir/$program\": expected no folder of that name"
  mv -f "$stage/$program" "$dir/$program" || fail "Cannot install \"$dir/$program\": expected a place that can be written to"
  there=$dir
  printf '%s\n' "$greeting" >&2
  case :$PATH: in *:"$dir":*) ;; *) printf 'Add "%s" to PATH\n' "$dir" >&2 ;; esac
  printf '%s\n' "$dir/$program"
}

# One line, whatever the values in it hold.
fail() {
  printf '%s' "$*" | tr '[:cntrl:]' ' ' >&2
  echo >&2
  exit 1
}

read_arguments() {
  version=${JOB_CONTROLLER_INSTALL_VERSION:-$release_version}
  base_url=${JOB_CONTROLLER_INSTALL_BASE_URL:-$release_base_url}
  dir=${JOB_CONTROLLER_INSTALL_DIR:-}
  for argument; do
    case $argument in
      --version=*) version=${argument#*=} ;;
      --base-url=*) base_url=${argument#*=} ;;
      --dir=*) dir=${argument#*=} ;;
      *) fail "Cannot read argument \"$argument\": expected --version=VERSION, --dir=FOLDER or --base-url=URL" ;;
    esac
  done
  version=${version#v}
  case $version in
    "") fail "Cannot install job-controller: expected --version=VERSION, such as 0.1.0" ;;
    [!0-9]* | *[!0-9A-Za-z.+-]*) fail "Cannot install version \"$version\": expected one such as 0.1.0" ;;
  esac
  base_url=${base_url%/}
  case $base_url in
    "") fail "Cannot install job-controller: expected --base-url=URL, such as https://example.com/owner/job-controller/releases/download" ;;
    # It may hold a password, so it is not shown.
    *[!0-9A-Za-z:/._~%+-]*) fail "Cannot use the base URL: expected letters, digits and :/._~%+- alone, no credentials and no query" ;;
    https://?*) protocols="=https" ;;
    http://localhost[:/]* | http://127.0.0.1[:/]*) protocols="=http,https" ;;
    *) fail "Cannot use base URL \"$base_url\": expected https://…, or http://localhost" ;;
  esac
  if [ -z "$dir" ]; then
    if [ "$(id -u)" = 0 ]; then dir=/usr/local/bin; else dir=${HOME:-$PWD}/.local/bin; fi
  fi
  case $dir in
    *[[:cntrl:]]*) fail "Cannot install into \"$dir\": expected a path without line breaks" ;;
    /* | [A-Za-z]:[\\/]*) ;;
    *) dir=$PWD/$dir ;;
  esac
  dir=${dir%/}
}

find_platform() {
  system="$(uname -s) $(uname -m)"
  form=tar.gz
  program=job-controller
  case $system in
    "Linux x86_64") find_libc amd64 /lib64/ld-linux-x86-64.so.2 /lib/ld-musl-x86_64.so.1 ;;
    "Linux aarch64") find_libc arm64 /lib/ld-linux-aarch64.so.1 /lib/ld-musl-aarch64.so.1 ;;
    "Darwin x86_64") platform=darwin_amd64 ;;
    "Darwin arm64") platform=darwin_arm64 ;;
    MINGW*" x86_64" | MSYS*" x86_64")
      platform=windows_amd64
      form=zip
      program=job-controller.exe
      ;;
    *) fail "Cannot install job-controller on \"$system\": expected Linux or macOS on x86-64 or arm64, or Windows on x86-64" ;;
  esac
}

# Loaders of both may be there (Debian's musl, Alpine's gcompat), but ldd, if any, is that of the system's own libc.
find_libc() {
  case $(ldd --version 2>&1 || true) in
    *GLIBC* | *"GNU libc"*) libc=glibc ;;
    *musl*) libc=musl ;;
    *) if [ -e "$2" ]; then libc=glibc; elif [ -e "$3" ]; then libc=musl; else libc=none; fi ;;
  esac
  case $libc in
    glibc) platform=linux_$1 ;;
    musl)
      platform=linux-musl_$1
      for library in libstdc++.so.6 libgcc_s.so.1; do
        [ -e "/usr/lib/$library" ] || [ -e "/lib/$library" ] ||
          fail "Cannot run job-controller on this system: expected $library in /usr/lib or /lib; on Alpine: apk add libstdc++ libgcc"
      done
      ;;
    none) fail "Cannot tell the C library of this system: expected $2 (glibc) or $3 (musl)" ;;
  esac
}

# Beside the place where the program goes, so that it gets there by a rename.
make_stage() {
  stage=""
  there=$dir
  until [ -d "$there" ]; do there=$(dirname "$there"); done
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  said=$(mkdir -p "$dir" 2>&1) || fail "Cannot install into \"$dir\": $said"
  said=$(mktemp -d "$dir/.job-controller.XXXXXX" 2>&1) || fail "Cannot install into \"$dir\": $said"
  stage=$said
}

# Takes with it the folders that were made on the way to $dir; `there` was before them.
clean_up() {
  [ -z "$stage" ] || rm -rf "$stage"
  made=$dir
  while [ "$made" != "$there" ]; do
    rmdir "$made" 2>/dev/null || break
    made=$(dirname "$made")
  done
}

download() {
  url=$base_url/v$version/$1
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --proto "$protocols" --connect-timeout 30 --retry 2 \
      --output "$stage/$1" "$url" 2>"$stage/said" && return
  elif wget --version >/dev/null 2>&1; then
    wget --no-verbose --tries=2 --timeout=60 --output-document="$stage/$1" "$url" 2>"$stage/said" && return
  elif command -v wget >/dev/null; then
    # The small wget of BusyBox.
    if wget -O "$stage/$1" "$url" 2>"$stage/said"; then
      grep -q "certificate validation not implemented" "$stage/said" || return 0
      fail "Cannot download \"$url\": expected a wget that verifies certificates; install curl"
    fi
  else
    fail "Cannot download \"$url\": expected curl or wget in PATH"
  fi
  said=$(grep . "$stage/said" | tail -n 1)
  fail "Cannot download \"$url\": ${said:-it broke off}"
}

expect_checksum() {
  expected=""
  while read -r sum name; do
    [ "$name" != "$archive" ] || expected=$sum
  done <"$stage/$checksums"
  [ -n "$expected" ] || fail "Cannot verify \"$archive\": expected a line for it in $base_url/v$version/$checksums"
}

verify() {
  if command -v sha256sum >/dev/null; then
    found=$(sha256sum <"$stage/$archive")
  elif command -v shasum >/dev/null; then
    found=$(shasum -a 256 <"$stage/$archive")
  elif command -v openssl >/dev/null; then
    found=$(openssl dgst -sha256 -r <"$stage/$archive")
  else
    fail "Cannot verify \"$archive\": expected sha256sum, shasum or openssl in PATH"
  fi
  [ "${found%% *}" = "$expected" ] || fail "Cannot verify \"$archive\": expected SHA-256 $expected, found ${found%% *}"
}

unpack() {
  case $form in
    zip) said=$(unzip -q "$stage/$archive" "$program" -d "$stage" 2>&1) ;;
    *) said=$(tar -xzf "$stage/$archive" -C "$stage" "$program" 2>&1) ;;
  esac || fail "Cannot unpack \"$archive\": expected $program in it: $said"
  chmod 755 "$stage/$program"
}

# The two variables would make another program of it.
try() {
  greeting=$(unset BUN_OPTIONS BUN_BE_BUN; "$stage/$program" version 2>&1) ||
    fail "Cannot run job-controller $version on this system: $greeting"
}

# All of it was read when this line is reached, also from a pipe that breaks.
main "$@"
