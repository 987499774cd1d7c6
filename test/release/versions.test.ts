// One version everywhere, and a clean tree, or no release.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { refuseOther, refuseUnready } from "../../scripts/release/ready.ts";
import { nameErrors, printedErrors, type Versions, versionErrors } from "../../scripts/release/versions.ts";
import { release } from "./made.ts";

const texts = {
  manifest: '{"version":"1.2.3"}',
  lock: '{"version":"1.2.3","packages":{"":{"version":"1.2.3"}}}',
  changelog: "# Changelog\n\n## 1.2.3\n\n### Added\n\n## 1.2.2\n",
  kustomization: "images:\n  - name: x\n    newTag: 1.2.3\n",
  tags: ["v1.2.3", "nightly"],
};

/** The text with the version before, in its first place after `key`. */
function old(text: string, key: string): string {
  const at = text.indexOf("1.2.3", text.indexOf(key));
  return `${text.slice(0, at)}1.2.2${text.slice(at + "1.2.3".length)}`;
}

describe("versionErrors()", () => {
  test("has nothing to say of one version", () => assert.deepEqual(versionErrors(texts), []));

  for (const [what, change, where, said] of [
    ["a lock file", { lock: old(texts.lock, '{"version') }, "package-lock.json's version", "1.2.2"],
    ["the project in it", { lock: old(texts.lock, '"":{"version') }, "package-lock.json's version of the project", "1.2.2"],
    ["pending changes", { changelog: "## Pending\n\n## 1.2.3\n" }, "CHANGELOG.md's first heading", "Pending"],
    ["a changelog without heading", { changelog: "" }, "CHANGELOG.md's first heading", ""],
    [
      "the image of a deployment",
      { kustomization: old(texts.kustomization, "newTag") },
      "the image's tag in deploy/kustomize/base",
      "1.2.2",
    ],
    ["a tag", { tags: ["v1.3.0"] }, "the commit's tag", "1.3.0"],
  ] as const) {
    test(`names ${what}`, () => {
      const found = versionErrors({ ...texts, tags: [...texts.tags], ...(change as Partial<Versions>) });
      assert.deepEqual(found, [`Cannot release version "1.2.3" of package.json: expected the same as ${where}, "${said}"`]);
    });
  }

  test("names all that was forgotten", () => {
    assert.equal(versionErrors({ ...texts, manifest: '{"version":"1.3.0"}' }).length, 5);
  });
});

describe("printedErrors()", () => {
  test("has nothing to say of the same version and commit", () =>
    assert.deepEqual(printedErrors("1.2.3", "abc", "job-controller 1.2.3 (abc, 2026-01-01T00:00:00Z) bun 1 linux/x64\n"), []));

  for (const said of ["1.2.2 (abc, ", "1.2.3 (abc-dirty, ", "1.2.34 (abc, "]) {
    const printed = `job-controller ${said}`;
    test(`refuses ${JSON.stringify(printed)}`, () => assert.equal(printedErrors("1.2.3", "abc", printed).length, 1));
  }
});

describe("nameErrors()", () => {
  test("names the files of another version", () =>
    assert.deepEqual(nameErrors("1.2.3", ["job-controller_1.2.3_a", "job-controller_1.2.2_a", "x"]), [
      'Cannot release "job-controller_1.2.2_a" in version "1.2.3": expected a name that begins job-controller_1.2.3_',
      'Cannot release "x" in version "1.2.3": expected a name that begins job-controller_1.2.3_',
    ]));
});

describe("refuseOther()", () => {
  test("runs the program of this machine and accepts what it says", () => refuseOther(release));
  test("refuses a program of another commit", () => {
    const other = { ...release, stamp: { ...release.stamp, commit: "0".repeat(40) } };
    assert.throws(() => refuseOther(other), /expected the program to say so, not "job-controller /);
  });
});

describe("refuseUnready()", () => {
  let folder = "";
  const git = (...args: string[]) => {
    const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    const result = spawnSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(result.status, 0, result.stderr);
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ready-"));
    writeFileSync(join(folder, "package.json"), texts.manifest);
    writeFileSync(join(folder, "package-lock.json"), texts.lock);
    writeFileSync(join(folder, "CHANGELOG.md"), texts.changelog);
    mkdirSync(join(folder, "deploy/kustomize/base"), { recursive: true });
    writeFileSync(join(folder, "deploy/kustomize/base/kustomization.yaml"), texts.kustomization);
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "chore: begin");
  });
  after(() => rmSync(folder, { recursive: true }));

  test("accepts a clean tree with one version", () => refuseUnready(folder));

  test("refuses a file that is not committed", () => {
    writeFileSync(join(folder, "new"), "");
    assert.throws(
      () => refuseUnready(folder),
      /^Error: Cannot release a tree with changes: expected "git status" to be empty, commit or remove new$/,
    );
    rmSync(join(folder, "new"));
  });

  test("refuses a file that was changed", () => {
    writeFileSync(join(folder, "CHANGELOG.md"), `${texts.changelog}\n`);
    assert.throws(() => refuseUnready(folder), /commit or remove CHANGELOG\.md$/);
    writeFileSync(join(folder, "CHANGELOG.md"), texts.changelog);
  });

  test("refuses the tag of another version", () => {
    git("tag", "v9.9.9");
    assert.throws(() => refuseUnready(folder), /expected the same as the commit's tag, "9\.9\.9"$/);
    git("tag", "-d", "v9.9.9");
  });

  test("refuses a folder that is no checkout", () => {
    rmSync(join(folder, ".git"), { recursive: true });
    assert.throws(() => refuseUnready(folder), /expected a git checkout, but git says fatal: /);
  });
});
