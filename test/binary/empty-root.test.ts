// The binary alone: a root directory that holds it, the loader with its four libraries and /proc, read-only, no
// environment, a user that exists nowhere. What an image FROM scratch is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { ended } from "../support/children.ts";
import { Site, start } from "../support/binary.ts";
import { BINARY } from "../support/controller.ts";
import { eventually } from "../support/work-site.ts";

/** Why this machine cannot do it, false if it can. */
function obstacle(): string | false {
  if (process.platform !== "linux") return "a chroot of this kind exists only on Linux";
  if (process.getuid?.() !== 0) return "chroot rights: not root";
  const tried = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt && chroot / true"], { encoding: "utf8" });
  return tried.status === 0 ? false : `chroot rights: unshare or mount refused: ${(tried.stderr ?? tried.error?.message ?? "").trim()}`;
}

/** Paths of what the binary is linked with, as ldd prints them. */
function libraries(): string[] {
  const { stdout } = spawnSync("ldd", [BINARY], { encoding: "utf8" });
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/** Enters the root as user 65532 with nothing in the environment; the binary takes the place of the shell. */
const ENTER = `
root=$1
shift
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
exec env -i "$(command -v chroot)" --userspec=65532:65532 "$root" /job-controller "$@"
`;

describe("in an empty root", () => {
  const skip = obstacle();
  let site: Site;
  let root: string;
  before(async () => {
    if (skip !== false) return;
    site = await Site.open({ mtls: "required" });
    root = join(site.directory.path, "root");
    await mkdir(join(root, "proc"), { recursive: true });
    for (const path of libraries()) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await copyFile(path, join(root, path));
    }
    await link(BINARY, join(root, "job-controller")).catch(() => copyFile(BINARY, join(root, "job-controller")));
    await writeFile(join(root, "ca.pem"), site.devserver.certificates.ca);
    await writeFile(join(root, "client.pem"), site.devserver.certificates.client.cert);
    await writeFile(join(root, "client-key.pem"), site.devserver.certificates.client.key);
  });
  after(async () => {
    if (skip !== false) return;
    await site[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });
  const enter = (...flags: string[]): [string, string[]] => ["unshare", ["-m", "sh", "-euc", ENTER, "sh", root, ...flags]];

  test("the loader and four libraries are all it needs", { skip }, () => {
    const names = libraries().map((path) => path.replace(/^.*\//, "").replace(/^ld-linux.*/, "ld-linux")).sort();
    assert.deepEqual(names, ["ld-linux", "libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"]);
  });

  test("version runs", { skip }, async () => {
    const { code, stdout, stderr } = await ended(start(...enter("version", "-o", "json")));
    assert.deepEqual([code, stderr], [0, ""]);
    const facts = JSON.parse((await ended(start(BINARY, ["version", "-o", "json"]))).stdout) as unknown;
    assert.deepEqual(JSON.parse(stdout), facts);
  });

  test("run notifies once and prunes once, with mutual TLS, as a user that is nobody", { skip }, async () => {
    const kept = site.createRecord("young", 1_000);
    site.createRecord("old", 7_200_000);
    const address = `127.0.0.1:${await closedPort()}`;
    const [binary, flags] = enter(
      ...site.credential,
      `--provisioning-server-url=${site.devserver.apiUrl}`,
      "--tls-ca-file=/ca.pem",
      "--tls-cert-file=/client.pem",
      "--tls-key-file=/client-key.pem",
      "--history-expiration=1h",
      `--health-probe-bind-address=${address}`,
    );
    const controller = site.launch(flags, { binary });
    await controller.started();
    assertAlone(controller.pid);
    const job = site.createJob("one");
    await controller.notified(job.uid);
    const { seen, expired, deleted, failed } = await controller.until(({ msg }) => msg === "history sweep complete");
    assert.deepEqual({ seen, expired, deleted, failed }, { seen: 2, expired: 1, deleted: 1, failed: 0 });
    const asked = await ended(start(...enter("ready", `--health-probe-bind-address=${address}`)));
    assert.deepEqual(asked, { code: 0, signal: null, stdout: "ready\n", stderr: "" });
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([...controller.counts()], [[job.uid, 1]]);
    assert.deepEqual(site.history, [kept.name]);
    assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
    assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
    const serials = site.devserver.requests.filter(({ server }) => server === "api").map(({ serial }) => serial);
    assert.deepEqual([...new Set(serials)], [site.devserver.certificates.client.serial]);
  });

  test("run has a job done by a worker that is there: the binary itself", { skip }, async () => {
    const flags = [...site.credential, `--provisioning-server-url=${site.devserver.apiUrl}`, "--tls-ca-file=/ca.pem"];
    const [binary, all] = enter(...flags, "--tls-cert-file=/client.pem", "--tls-key-file=/client-key.pem", "--worker=*=exec:/job-controller version", "--health-probe-bind-address=0");
    const controller = site.launch(all, { binary });
    await controller.started();
    const job = site.createJob("worked");
    const { level, source, text } = await controller.until(({ msg, uid }) => msg === "worker says" && uid === job.uid);
    assert.deepEqual([level, source], ["INFO", "stdout"]);
    assert.match(String(text), /^job-controller \d/);
    await eventually(() => site.history.find((name) => name.startsWith("worked-")));
    assert.equal(await controller.stop(), 0);
    assert.deepEqual(controller.lines.filter((line) => line.level === "ERROR"), []);
  });

  test("as process number 1, which no signal ends by default, it drains and ends with 0", { skip }, async () => {
    const flags = [...site.credential, ...site.server, ...site.clientCertificate, "--health-probe-bind-address=0"];
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const controller = site.launch(["--pid", "--fork", "--kill-child", BINARY, ...flags], { binary: "unshare" });
      await controller.started();
      const [first = ""] = readFileSync(`/proc/${controller.pid}/task/${controller.pid}/children`, "utf8").split(" ");
      assert.match(readFileSync(`/proc/${first}/status`, "utf8"), /^NSpid:\t\d+\t1$/m);
      process.kill(Number(first), signal);
      assert.equal(await controller.exited, 0);
      assert.equal(controller.of("Received shutdown signal, stopping controllers")[0]?.signal, signal);
    }
  });

  test("dev says what it cannot write", { skip }, async () => {
    const flags = ["dev", "--port=0"];
    const unnamed = await ended(start(...enter(...flags)));
    assert.deepEqual([unnamed.code, unnamed.stdout], [2, ""]);
    assert.match(unnamed.stderr, /^Error: Cannot make a directory for certificates in "\/tmp": ENOENT: .*; name one with --state-dir\n$/);
    const named = await ended(start(...enter(...flags, "--state-dir=/certs")));
    assert.deepEqual([named.code, named.stdout], [2, ""]);
    assert.match(named.stderr, /^Error: Cannot write to --state-dir "\/certs": EROFS: .*\n$/);
  });
});

/** The process is what it is said to be: no user of this machine, nothing in the environment, nothing to write to. */
function assertAlone(pid: number): void {
  assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), /^Uid:(?:\t65532){4}$/m);
  assert.equal(readFileSync(`/proc/${pid}/environ`, "utf8"), "");
  const mounts = readFileSync(`/proc/${pid}/mounts`, "utf8").split("\n").filter((line) => line !== "");
  assert.deepEqual(mounts.map((line) => line.split(" ")).map(([, at, , how = ""]) => `${at} ${how.split(",")[0]}`), ["/ ro", "/proc rw"]);
}
