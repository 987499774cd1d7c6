// The binary of each Linux target, in a root of its own, on an emulated processor where it is not this one: what the binary of this
// machine goes through, too.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, cp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { buildFor } from "../../scripts/build.ts";
import { targetName } from "../../scripts/release/targets.ts";
import { entering } from "../../scripts/roots/enter.ts";
import { makeRoots, ROOTS } from "../../scripts/roots/roots.ts";
import { inAnEmptyRoot } from "../binary/empty-root.ts";
import { hostileSurroundings } from "../binary/hostile.ts";
import { runBinary } from "../support/binary.ts";
import { temporaryDirectory } from "../support/certs.ts";

makeRoots(() => {});

for (const root of ROOTS) {
  const { target, folder, emulator, preload } = root;
  const { path: binary, stamp } = buildFor(target);
  const program = entering(root, binary);

  describe(`${targetName(target)}, ${emulator === undefined ? "native" : "emulated"}`, () => {
    test("version tells this commit, system and processor", async () => {
      const { code, stdout, stderr } = await runBinary(["version", "-o", "json"], { program });
      assert.deepEqual([code, stderr], [0, ""]);
      const arch = target.arch === "amd64" ? "x64" : target.arch;
      const { runtime, ...facts } = JSON.parse(stdout) as Record<string, string>;
      assert.deepEqual(facts, { ...stamp, os: target.os, arch });
      assert.match(runtime ?? "", /^bun \d/);
    });

    hostileSurroundings(program);

    test("LD_PRELOAD has code of others run in it: this cannot be closed", async () => {
      await using directory = await temporaryDirectory();
      const library = join(directory.path, "preload.so");
      await copyFile(preload, library);
      const { code } = await runBinary(["version"], { program, cwd: directory.path, env: { LD_PRELOAD: library } });
      assert.deepEqual([code, existsSync(join(directory.path, "ran"))], [0, true]);
    });

    inAnEmptyRoot({
      binary,
      emulator,
      skip: false,
      async layOut(to) {
        await cp(folder, to, { recursive: true, verbatimSymlinks: true });
        // Where entering() has shown the machine's.
        await rmdir(join(to, tmpdir())).catch(() => {});
      },
    });
  });
}
