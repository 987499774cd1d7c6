// Archives as other people's tar and unzip read them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Entry, tarGz, zip } from "../../scripts/release/archive.ts";

const entries: Entry[] = [
  { name: "program", executable: true, data: Buffer.from("x".repeat(100_000)) },
  { name: "man/program.1", executable: false, data: Buffer.from(".TH\n") },
  { name: "empty", executable: false, data: Buffer.alloc(0) },
  { name: "block", executable: false, data: Buffer.alloc(512, "b") },
];
/** 2023-11-14 22:13:20 UTC. */
const seconds = 1_700_000_000;
const kinds = [
  { name: "tarGz()", write: tarGz, unpack: (file: string, into: string) => ["tar", "-xzf", file, "-C", into] },
  { name: "zip()", write: zip, unpack: (file: string, into: string) => ["unzip", "-q", file, "-d", into] },
];

for (const { name, write, unpack } of kinds) {
  describe(name, () => {
    let folder = "";
    let bytes: Uint8Array = new Uint8Array();

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "archive-"));
      bytes = await write(entries, seconds);
      const file = join(folder, "archive");
      writeFileSync(file, bytes);
      const [command = "", ...args] = unpack(file, folder);
      const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
      assert.deepEqual([result.status, result.stdout, result.stderr], [0, "", ""]);
    });
    after(() => rmSync(folder, { recursive: true }));

    for (const entry of entries) {
      test(`keeps content, mode and time of ${entry.name}`, () => {
        const { mode, mtimeMs } = statSync(join(folder, entry.name));
        assert.deepEqual(readFileSync(join(folder, entry.name)), entry.data);
        assert.equal((mode & 0o777).toString(8), entry.executable ? "755" : "644");
        assert.equal(mtimeMs, seconds * 1000);
      });
    }

    test("does not depend on the order of what it is given", async () => {
      assert.deepEqual(await write(entries.toReversed(), seconds), bytes);
    });

    test("depends on the time", async () => assert.notDeepEqual(await write(entries, seconds + 2), bytes));

    for (const bad of ["x".repeat(100), "ümlaut", ""]) {
      test(`refuses the name ${JSON.stringify(bad)}`, async () => {
        await assert.rejects(write([{ name: bad, executable: false, data: Buffer.alloc(1) }], seconds), /Cannot put "/);
      });
    }
  });
}

describe("tarGz()", () => {
  test("gives all to the owner 0", async () => {
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    try {
      writeFileSync(join(folder, "a.tar.gz"), await tarGz(entries, seconds));
      const { stdout } = spawnSync("tar", ["-tvzf", join(folder, "a.tar.gz"), "--numeric-owner"], { encoding: "utf8" });
      const lines = stdout.trim().split("\n");
      assert.deepEqual(
        lines.map((line) => [line.split(/\s+/)[1], line.split(" ").at(-1)]),
        ["block", "empty", "man/program.1", "program"].map((name) => ["0/0", name]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
