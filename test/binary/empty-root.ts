// A compiled program alone: a root directory that holds it, what it is linked with and /proc, read-only, no environment, a user that
// exists nowhere. What an image FROM scratch is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { copyFile, link, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { runBinary, Site } from "../support/binary.ts";
import type { Program } from "../support/controller.ts";
import { eventually } from "../support/work-site.ts";

/** What is put into the root, and how it is started there. */
export interface Content {
  binary: string;
  /** Path in the root of the program that runs the binary, if the processor is another. */
  emulator?: string | undefined;
  /** Makes the root, with /proc and all but the binary. */
  layOut: (root: string) => Promise<void>;
  /** Why this machine cannot do it, false if it can. */
  skip: string | false;
}

/** Enters the root as user 65532 with nothing in the environment; the binary takes the place of the shell. */
const ENTER = `
root=$1
shift
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
exec env -i "$(command -v chroot)" --userspec=65532:65532 "$root" "$@"
`;

/** Declares the tests. */
export function inAnEmptyRoot({ binary, emulator, layOut, skip }: Content): void {
  describe("in an empty root", () => {
    let site: Site;
    let root: string;
    before(async () => {
      if (skip !== false) return;
      site = await Site.open({ mtls: "required" });
      root = join(site.directory.path, "root");
      await layOut(root);
      await rm(join(root, "job-controller"), { force: true });
      await link(binary, join(root, "job-controller")).catch(() => copyFile(binary, join(root, "job-controller")));
      await writeFile(join(root, "ca.pem"), site.devserver.certificates.ca);
      await writeFile(join(root, "client.pem"), site.devserver.certificates.client.cert);
      await writeFile(join(root, "client-key.pem"), site.devserver.certificates.client.key);
    });
    after(async () => {
      if (skip !== false) return;
      await site[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    });
    const inRoot = [...(emulator === undefined ? [] : [emulator]), "/job-controller"];
    const program = (): Program => ["unshare", "-m", "sh", "-euc", ENTER, "sh", root, ...inRoot];
    const flags = (...more: string[]) => [
      ...site.credential,
      `--provisioning-server-url=${site.devserver.apiUrl}`,
      "--tls-ca-file=/ca.pem",
      "--tls-cert-file=/client.pem",
      "--tls-key-file=/client-key.pem",
      ...more,
    ];

    test("version runs", { skip }, async () => {
      const { code, stdout, stderr } = await runBinary(["version", "-o", "json"], { program: program() });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^\{"version":"\d+\.\d+\.\d+"/);
    });

    test("run notifies once and prunes once, with mutual TLS, as a user that is nobody", { skip }, async () => {
      const kept = site.createRecord("young", 1_000);
      site.createRecord("old", 7_200_000);
      const pages = `--health-probe-bind-address=127.0.0.1:${await closedPort()}`;
      const controller = site.launch(flags("--history-expiration=1h", pages), { program: program() });
      await controller.started();
      assertAlone(controller.pid);
      const job = site.createJob("one");
      await controller.notified(job.uid);
      const { seen, expired, deleted, failed } = await controller.until(({ msg }) => msg === "history sweep complete");
      assert.deepEqual({ seen, expired, deleted, failed }, { seen: 2, expired: 1, deleted: 1, failed: 0 });
      const asked = await runBinary(["ready", pages], { program: program() });
      assert.deepEqual(asked, { code: 0, signal: null, stdout: "ready\n", stderr: "" });
      assert.equal(await controller.stop(), 0);
      assert.deepEqual([...controller.counts()], [[job.uid, 1]]);
      assert.deepEqual(site.history, [kept.name]);
      assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
      assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
      const serials = site.devserver.requests.filter(({ server }) => server === "api").map(({ serial }) => serial);
      assert.deepEqual([...new Set(serials)], [site.devserver.certificates.client.serial]);
    });

    // Beside its workers the controller starts itself, which the kernel cannot do for another processor.
    if (emulator === undefined) {
      test("run has a job done by a worker that is there: the binary itself", { skip }, async () => {
        const worker = "--worker=*=exec:/job-controller version";
        const controller = site.launch(flags(worker, "--health-probe-bind-address=0"), { program: program() });
        await controller.started();
        const job = site.createJob("worked");
        const { level, source, text } = await controller.until(({ msg, uid }) => msg === "worker says" && uid === job.uid);
        assert.deepEqual([level, source], ["INFO", "stdout"]);
        assert.match(String(text), /^job-controller \d/);
        await eventually(() => site.history.find((name) => name.startsWith("worked-")));
        assert.equal(await controller.stop(), 0);
        assert.deepEqual(controller.lines.filter((line) => line.level === "ERROR"), []);
      });
    }

    test("dev says what it cannot write", { skip }, async () => {
      const unnamed = await runBinary(["dev", "--port=0"], { program: program() });
      assert.deepEqual([unnamed.code, unnamed.stdout], [2, ""]);
      assert.match(unnamed.stderr, /^Error: Cannot make a directory for certificates in "\/tmp": ENOENT: .*; name one with --state-dir\n$/);
      const named = await runBinary(["dev", "--port=0", "--state-dir=/certs"], { program: program() });
      assert.deepEqual([named.code, named.stdout], [2, ""]);
      assert.match(named.stderr, /^Error: Cannot write to --state-dir "\/certs": EROFS: .*\n$/);
    });
  });
}

/** The process is what it is said to be: no user of this machine, nothing in the environment, nothing to write to. */
function assertAlone(pid: number): void {
  assert.match(readFileSync(`/proc/${pid}/status`, "utf8"), /^Uid:(?:\t65532){4}$/m);
  assert.equal(readFileSync(`/proc/${pid}/environ`, "utf8"), "");
  const mounts = readFileSync(`/proc/${pid}/mounts`, "utf8").split("\n").filter((line) => line !== "");
  assert.deepEqual(mounts.map((line) => line.split(" ")).map(([, at, , how = ""]) => `${at} ${how.split(",")[0]}`), ["/ ro", "/proc rw"]);
}
