// README.md's commands for podman, as printed but for addresses: load, run, probe. And the image's way into a registry.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { imageName } from "../../scripts/release/image.ts";
import { Output, runBinary, Site, start } from "../support/binary.ts";
import type { Program } from "../support/controller.ts";
import { openLayout } from "../support/oci-image.ts";
import { readmeBlocks, release, released, version } from "./made.ts";

/**
 * Goes before podman in PATH: storage of the test's own, no registry, the network of this machine, and no limits that only
 * a stronger root could set.
 */
const WRAPPER = `#!/bin/sh
set -eu
verb=$1
shift
case $verb in
  run)
    set -- --pull=never --network=host --ulimit=nofile=1024:1024 --ulimit=nproc=1024:1024 \\
      --env="JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS=$PROBE_ADDRESS" "$@"
    ;;
esac
exec "$PODMAN" --storage-driver=vfs --root="$STORE/storage" --runroot="$STORE/run" --tmpdir="$STORE/tmp" \\
  --runtime=runc --cgroup-manager=cgroupfs --events-backend=file "$verb" "$@"
`;

const podman = execFileSync("sh", ["-c", "command -v podman || true"], { encoding: "utf8" }).trim();
const skip = podman === "" && "no podman in PATH";
let site: Site;
let env: Record<string, string>;

/** The block that begins so. */
function block(beginning: string): string {
  const found = readmeBlocks("sh").find((text) => text.startsWith(beginning));
  assert.ok(found !== undefined, `README.md shows ${beginning}`);
  return found;
}

before(async () => {
  site = await Site.open();
  const { path } = site.directory;
  const { PATH = "" } = process.env;
  mkdirSync(join(path, "bin"));
  writeFileSync(join(path, "bin/podman"), WRAPPER, { mode: 0o755 });
  mkdirSync(join(path, "secrets"));
  writeFileSync(join(path, "secrets/token"), site.token);
  writeFileSync(join(path, "secrets/ca.pem"), site.devserver.certificates.ca);
  chmodSync(join(path, "secrets"), 0o755);
  env = { PATH: `${join(path, "bin")}:${PATH}`, PODMAN: podman, STORE: path, PROBE_ADDRESS: `127.0.0.1:${await closedPort()}` };
});
after(async () => {
  if (skip === false) await runBinary([], { program: shell("podman rm --force --all"), env });
  await site[Symbol.asyncDispose]();
});

/** A script in the folder of the release's files and of `secrets`. */
function shell(script: string): Program {
  return ["sh", "-euc", script];
}

/** Its text with the addresses of this server. */
function here(text: string): string {
  return text
    .replaceAll("https://provisioning.example.com:6446", site.devserver.apiUrl)
    .replaceAll("https://auth.example.com/sign/access-token", site.devserver.exchangeUrl)
    .replaceAll("./secrets", join(site.directory.path, "secrets"));
}

describe("README.md's image under podman", () => {
  test("notifies, answers the probe and ends when it is told to", { skip }, async () => {
    const controller = site.launch([], { program: shell(here(block("podman load"))), env, cwd: release.folder });
    await controller.started();
    const job = site.createJob("one");
    await controller.notified(job.uid);
    const asked = await runBinary([], { program: shell(here(block("podman exec"))), env });
    assert.deepEqual([asked.code, asked.stdout], [0, "ready\n"]);
    const stopped = await runBinary([], { program: shell("podman stop job-controller"), env });
    assert.deepEqual([stopped.code, await controller.exited], [0, 0]);
    assert.deepEqual([...controller.counts()], [[job.uid, 1]]);
    assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
  });

  test("lets dev write its certificates to the volume, on a root that is read-only", { skip }, async () => {
    const run = `podman run --read-only --name=dev job-controller:${version} dev --port=0`;
    const dev = start("sh", ["-euc", `exec ${run}`], { env });
    await new Output(dev).until(/Stop with Ctrl-C/);
    const stopped = await runBinary([], { program: shell("podman stop dev"), env });
    assert.equal(stopped.code, 0);
  });
});

describe("the OCI archive", () => {
  test("goes into a registry as it is", async () => {
    const copy = join(site.directory.path, "registry");
    const script = block("skopeo copy").replace(/docker:\/\/\S+/, `oci:${copy}:${version}`);
    const { code, stderr } = await runBinary([], { program: shell(script), cwd: release.folder });
    assert.deepEqual([code, stderr], [0, ""]);
    const ours = openLayout(join(site.directory.path, "layout"), released(imageName(version)));
    assert.equal(openLayout(copy).top.digest, ours.top.digest);
  });
});
