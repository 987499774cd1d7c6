// What is in the folder of a release, and in each archive.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readChecksums, sha256 } from "../../scripts/release/checksums.ts";
import { makeRelease } from "../../scripts/release/make.ts";
import { archiveName, binaryName, checksumsName, TARGETS, targetName } from "../../scripts/release/targets.ts";
import { ROOT } from "../../scripts/suites.ts";
import { manifest, release } from "./made.ts";

const { version } = manifest;
const { folder, stamp, binaries } = release;

/** The first bytes of a program of that system, and where its architecture stands. */
const FORMATS = {
  linux: { begins: "7f454c46", at: () => 18, amd64: 0x3e, arm64: 0xb7 },
  darwin: { begins: "cffaedfe", at: () => 4, amd64: 0x0007, arm64: 0x000c },
  windows: { begins: "4d5a", at: (bytes: Buffer) => bytes.readUInt32LE(0x3c) + 4, amd64: 0x8664, arm64: 0xaa64 },
};

describe("the folder of a release", () => {
  test("has an archive and a bill of materials for each target, checksums and an installer", () => {
    const expected = TARGETS.flatMap((target) => {
      const name = `job-controller_${version}_${target.os}${target.libc === "musl" ? "-musl" : ""}_${target.arch}`;
      return [`${name}.${target.os === "windows" ? "zip" : "tar.gz"}`, `${name}.cdx.json`];
    });
    const without = release.files.filter((name) => !/_(?:image|rootfs)_/.test(name));
    assert.deepEqual(without, [...expected, `job-controller_${version}_checksums.txt`, "install.sh"].sort());
  });

  test("has checksums of every other file, which sha256sum accepts", () => {
    const name = checksumsName(version);
    const listed = [...readChecksums(readFileSync(join(folder, name), "utf8")).keys()];
    assert.deepEqual(listed, release.files.filter((file) => file !== name));
    const { status, stdout } = spawnSync("sha256sum", ["--check", name], { cwd: folder, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, listed.map((file) => `${file}: OK\n`).join("")]);
  });

  test("can be read by everybody", () => assert.equal(statSync(folder).mode & 0o777, 0o755));
});

describe("makeRelease()", () => {
  test("replaces no folder that holds anything else", async () => {
    const foreign = mkdtempSync(join(tmpdir(), "foreign-"));
    try {
      writeFileSync(join(foreign, "thesis.txt"), "");
      await assert.rejects(makeRelease(foreign), /expected nothing there but an earlier release, not "thesis\.txt"$/);
      assert.deepEqual(readdirSync(foreign), ["thesis.txt"]);
    } finally {
      rmSync(foreign, { recursive: true });
    }
  });

  test("does nothing when the folder is up to date", async () => {
    const { ino } = statSync(folder);
    assert.equal((await makeRelease()).made, false);
    assert.equal(statSync(folder).ino, ino);
  });
});

for (const target of TARGETS) {
  const archive = archiveName(version, target);

  describe(archive, () => {
    let unpacked = "";
    const within = (name: string) => readFileSync(join(unpacked, name));

    before(() => {
      unpacked = mkdtempSync(join(tmpdir(), "release-"));
      const args = target.os === "windows" ? ["unzip", "-q", archive, "-d", unpacked] : ["tar", "-xzf", archive, "-C", unpacked];
      const result = spawnSync(args[0]!, args.slice(1), { cwd: folder, encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
      assert.equal(result.status, 0, result.stderr);
    });
    after(() => rmSync(unpacked, { recursive: true }));

    test("holds the program, its papers, completions and manual pages, and nothing else", () => {
      const names = readdirSync(unpacked).sort();
      assert.deepEqual(names, ["LICENSE", "README.md", "THIRD_PARTY_NOTICES", "completions", binaryName(target), "man"]);
      const completions = ["_job-controller", "job-controller.bash", "job-controller.fish"];
      assert.deepEqual(readdirSync(join(unpacked, "completions")).sort(), completions);
      const pages = readdirSync(join(unpacked, "man"));
      for (const page of ["job-controller.1", "job-controller-run.1"]) assert.ok(pages.includes(page), page);
      assert.ok(pages.every((page) => /^job-controller[a-z-]*\.1$/.test(page)), pages.join());
    });

    test("holds the binary that was compiled, of its format and for its processor", () => {
      const bytes = within(binaryName(target));
      const { begins, at, [target.arch]: machine } = FORMATS[target.os];
      assert.equal(sha256(bytes), sha256(readFileSync(binaries.get(targetName(target))!)));
      assert.equal(bytes.subarray(0, begins.length / 2).toString("hex"), begins);
      assert.equal(bytes.readUInt16LE(at(bytes)), machine);
      if (target.os === "linux") {
        assert.equal(bytes.subarray(0, 4096).includes("/lib/ld-musl-"), target.libc === "musl");
      }
    });

    test("holds the project's papers as they are", () => {
      for (const name of ["LICENSE", "README.md"]) assert.deepEqual(within(name), readFileSync(join(ROOT, name)));
    });

    test("lets nobody but the owner write, and only the program be executed; all has the commit's time", () => {
      // A zip counts in steps of two seconds.
      const step = target.os === "windows" ? 2000 : 1000;
      for (const name of readdirSync(unpacked, { recursive: true, encoding: "utf8" })) {
        const stat = statSync(join(unpacked, name));
        if (stat.isDirectory()) continue;
        assert.equal((stat.mode & 0o777).toString(8), name === binaryName(target) ? "755" : "644", name);
        assert.equal(stat.mtimeMs, Math.floor(Date.parse(stamp.date) / step) * step, name);
      }
    });
  });
}
