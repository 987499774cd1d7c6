// Every commit since the root says what it does, in one form.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { commitErrors } from "./commits.ts";
import { git, none, ROOT } from "./source.ts";

/** Rooms of src, folders of test, and what lies beside them. */
const scopes = [
  ...["src", "test"].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => name.replace(/\.ts$/, ""))),
  ...["ci", "deps", "demo", "readme", "scripts", "src", "test"],
];

describe("commits", () => {
  test("have the form type(room): imperative summary", () => {
    const log = git("log", "--no-merges", "-z", "--format=%H%n%B");
    const commits = log
      .split("\0")
      .filter((text) => text.trim() !== "")
      .map((text) => {
        const end = text.indexOf("\n");
        return { hash: text.slice(0, end), message: text.slice(end + 1) };
      });
    assert.ok(commits.length > 1);
    none(commitErrors(commits, scopes));
  });
});

describe("commitErrors()", () => {
  const errors = (message: string) => commitErrors([{ hash: "0123456789abcdef", message }], ["kube"]);

  for (const message of [
    "fix(kube): resume from the last bookmark after an idle close\n",
    "build: pin the toolchain\n\nIt moved under us.\n",
    "feat(kube): embed the map",
  ]) {
    test(`accepts ${JSON.stringify(message)}`, () => assert.deepEqual(errors(message), []));
  }

  for (const [message, what] of [
    ["Fix the watch", "expected type"],
    ["wip", "expected type"],
    ["feature(kube): watch", "type"],
    ["fix(kbue): watch", "no room"],
    [`fix(kube): ${"x".repeat(62)}`, "73 columns"],
    ["fix(kube): resume the watch.", "full stop"],
    ["fix(kube): resumed the watch", "imperative"],
    ["fix(kube): adds a watch", "imperative"],
    ["fix(kube): Resume the watch", "capital"],
    ["fix(kube): resume\nthe watch", "no empty line"],
  ] as const) {
    test(`refuses ${JSON.stringify(message)}`, () => {
      const found = errors(message);
      assert.equal(found.length, 1, found.join());
      assert.match(found[0] ?? "", new RegExp(what));
      assert.match(found[0] ?? "", /^0123456789 "/);
    });
  }
});
