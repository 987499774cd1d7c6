import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { generateName, isObjectName, jobName } from "../../../src/devserver/api/names.ts";

describe("jobName()", () => {
  for (
    const [action, name] of Object.entries({
      pull: "demo-sync",
      migrate: "demo-sync",
      push: "demo-push",
      delete: "demo-delete",
      fixFolderMetadata: "demo-fixFolderMetadata",
    })
  ) {
    test(`${action} is ${name}`, () => assert.equal(jobName("demo", action, {}), name));
  }

  test("pr carries the number, test an id that differs each time", () => {
    assert.equal(jobName("demo", "pr", { pr: { pr: 12 } }), "demo-pr-12");
    assert.match(jobName("demo", "test", {}), /^demo-test-[a-z0-9]{5}$/);
    assert.notEqual(jobName("demo", "test", {}), jobName("demo", "test", {}));
  });
});

describe("generateName()", () => {
  test("adds five characters and cuts a long base", () => {
    assert.match(generateName("demo-sync-"), /^demo-sync-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(generateName("x".repeat(100)).length, 63);
  });
});

describe("isObjectName()", () => {
  test("takes labels with dots and the camel case of actions", () => {
    for (const name of ["a", "demo-sync", "repo.x-1", "demo-fixFolderMetadata"]) assert.ok(isObjectName(name), name);
    for (const name of ["", "-a", "a-", "a_b", "a/b", "x".repeat(254), "ä"]) assert.ok(!isObjectName(name), name);
  });
});
