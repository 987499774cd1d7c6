// The binary of this machine in an empty root with what ldd says that it is linked with; as the first process, too.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { Site } from "../support/binary.ts";
import { BINARY } from "../support/controller.ts";
import { inAnEmptyRoot } from "./empty-root.ts";

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

async function layOut(root: string): Promise<void> {
  await mkdir(join(root, "proc"), { recursive: true });
  for (const path of libraries()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
}

const skip = obstacle();
inAnEmptyRoot({ binary: BINARY, layOut, skip });

describe("the binary of this machine", () => {
  test("needs the loader and four libraries, no more", { skip }, () => {
    const names = libraries().map((path) => path.replace(/^.*\//, "").replace(/^ld-linux.*/, "ld-linux")).sort();
    assert.deepEqual(names, ["ld-linux", "libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"]);
  });

  test("drains and ends with 0 as process number 1, which no signal ends by default", { skip }, async () => {
    await using site = await Site.open({ mtls: "required" });
    const flags = [...site.credential, ...site.server, ...site.clientCertificate, "--health-probe-bind-address=0"];
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const controller = site.launch(flags, { program: ["unshare", "--pid", "--fork", "--kill-child", BINARY] });
      await controller.started();
      const [first = ""] = readFileSync(`/proc/${controller.pid}/task/${controller.pid}/children`, "utf8").split(" ");
      assert.match(readFileSync(`/proc/${first}/status`, "utf8"), /^NSpid:\t\d+\t1$/m);
      process.kill(Number(first), signal);
      assert.equal(await controller.exited, 0);
      assert.equal(controller.of("Received shutdown signal, stopping controllers")[0]?.signal, signal);
    }
  });
});
