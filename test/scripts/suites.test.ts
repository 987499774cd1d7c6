// scripts/suites.ts on folders made for the purpose, and on the project's own.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { nextSuite, type Suite, SUITES, tableErrors, testFiles } from "../../scripts/suites.ts";

const suite: Suite = { name: "one", kind: "test", host: "bun", folders: ["one"], needs: [], testMs: 1, suiteMs: 1 };

describe("tableErrors()", () => {
  test("accepts folders that are all named", () => {
    assert.deepEqual(
      inProject(["one/a.test.ts", "one/deep/b.test.ts", "support/c.ts"], (root) => tableErrors([suite], root)),
      [],
    );
  });

  test("names a folder without tests", () => {
    assert.match(inProject(["one/a.ts"], (root) => tableErrors([suite], root)).join(), /^test\/one holds no test/);
  });

  test("names folders and files that no suite runs", () => {
    const made = ["one/a.test.ts", "two/b.test.ts", "c.test.ts", "support/d.test.ts"];
    assert.deepEqual(
      inProject(made, (root) => tableErrors([suite], root))
        .map((line) => line.split(" ")[0])
        .sort(),
      ["test/c.test.ts", "test/support/d.test.ts", "test/two"],
    );
  });
});

describe("nextSuite()", () => {
  const takers = SUITES.filter(({ needs }) => needs.some(({ name }) => name.startsWith("ports ")));
  const others = SUITES.filter((one) => !takers.includes(one));

  test("is the first", () => {
    assert.equal(nextSuite(SUITES, []), SUITES[0]);
    assert.equal(nextSuite(takers, others), takers[0]);
    assert.equal(nextSuite([], []), undefined);
  });

  test("passes over those that take the fixed ports while another has them", () => {
    assert.equal(takers.length > 1, true);
    assert.equal(nextSuite([...takers.slice(1), ...others], takers.slice(0, 1)), others[0]);
    assert.equal(nextSuite(takers.slice(1), takers.slice(0, 1)), undefined);
  });
});

describe("testFiles()", () => {
  test("lists the tests of a suite's folders, sorted", () => {
    assert.deepEqual(
      inProject(["one/b.test.ts", "one/a.test.ts", "one/c.ts"], (root) => testFiles(suite, root)),
      ["test/one/a.test.ts", "test/one/b.test.ts"],
    );
  });
});

function inProject<T>(files: string[], look: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), "suites-"));
  try {
    for (const file of files) {
      mkdirSync(join(root, "test", file, ".."), { recursive: true });
      writeFileSync(join(root, "test", file), "");
    }
    return look(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
