// The same bytes out of another folder, and no word in them of the folder they are from.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "../../scripts/build.ts";
import { checksumDifferences, sha256 } from "../../scripts/release/checksums.ts";
import { binaryErrors } from "../../scripts/release/gate.ts";
import { RUNTIMES } from "../../scripts/release/runtimes.ts";
import { archiveName, hostTarget, TARGETS, targetName } from "../../scripts/release/targets.ts";
import { BUN, ROOT } from "../../scripts/suites.ts";
import { release } from "./made.ts";

const root = ROOT.replace(/\/$/, "");

describe("a copy of the project in another folder", () => {
  let copy = "";
  let temporary = "";

  before(() => {
    // On the same file system, so that the packages can be links to the same files.
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    temporary = mkdtempSync(join(ROOT, ".cache/again-"));
    copy = join(temporary, "a/deeper/folder");
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = spawnSync("git", list, { cwd: ROOT, encoding: "utf8" });
    for (const name of stdout.split("\0").filter(Boolean)) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      cpSync(join(ROOT, name), join(copy, name));
    }
    cpSync(join(ROOT, ".git"), join(copy, ".git"), { recursive: true });
    assert.equal(spawnSync("cp", ["-al", "node_modules", copy], { cwd: ROOT }).status, 0);
    mkdirSync(join(copy, ".cache"));
    symlinkSync(RUNTIMES, join(copy, ".cache/runtimes"));
    const script = `
      import { buildFor } from "./scripts/build.ts";
      import { writeFileSync } from "node:fs";
      import { tarGz } from "./scripts/release/archive.ts";
      import { archiveEntries } from "./scripts/release/contents.ts";
      import { TARGETS } from "./scripts/release/targets.ts";
      const built = TARGETS.map((target) => ({ target, ...buildFor(target) }));
      const [{ target, stamp, ...first }] = built;
      writeFileSync("archive", await tarGz(archiveEntries(target, { stamp, ...first }), Date.parse(stamp.date) / 1000));
      console.log(built.every(({ compiled }) => compiled));
    `;
    const result = spawnSync(BUN, ["-e", script], { cwd: copy, encoding: "utf8" });
    assert.deepEqual([result.status, result.stdout], [0, "true\n"], result.stderr);
  });
  after(() => rmSync(temporary, { recursive: true }));

  for (const target of TARGETS) {
    const name = targetName(target);
    const path = release.binaries.get(name)!;

    test(`gives the same binary for ${name}, which knows neither folder`, () => {
      const bytes = readFileSync(path);
      assert.equal(sha256(readFileSync(join(copy, path.slice(ROOT.length)))), sha256(bytes));
      assert.deepEqual(binaryErrors(name, bytes, release.stamp.commit, [root, copy]), []);
    });
  }

  test("gives the same archive", () => {
    const made = join(release.folder, archiveName(release.stamp.version, TARGETS[0]!));
    assert.equal(sha256(readFileSync(join(copy, "archive"))), sha256(readFileSync(made)));
  });
});

describe("build()", () => {
  test("gives this machine the bytes of its target", () => {
    const here = release.binaries.get(hostTarget())!;
    assert.equal(sha256(readFileSync(build().path)), sha256(readFileSync(here)));
  });
});

describe("binaryErrors()", () => {
  const commit = "0".repeat(40);
  test("finds a path and misses a commit", () => {
    assert.deepEqual(binaryErrors("linux_amd64", Buffer.from(`${commit} /$bunfs/`), commit, ["/build/x"]), []);
    assert.deepEqual(binaryErrors("linux_amd64", Buffer.from("at /build/x/src"), commit, ["/build/x"]), [
      "linux_amd64 holds the path it was built in, /build/x",
      `linux_amd64 does not hold its commit ${commit}`,
    ]);
  });
});

describe("checksumDifferences()", () => {
  const line = (digit: string, name: string) => `${digit.repeat(64)}  ${name}\n`;
  test("finds none between equal files", () => assert.deepEqual(checksumDifferences(line("a", "x"), line("a", "x")), []));
  test("finds other bytes, and files that one of them lacks", () => {
    assert.deepEqual(checksumDifferences(line("a", "x") + line("c", "z"), line("b", "x") + line("d", "y")), [
      `x: ${"a".repeat(16)} and ${"b".repeat(16)}`,
      `y: not made and ${"d".repeat(16)}`,
      `z: ${"c".repeat(16)} and not made`,
    ]);
  });
});
