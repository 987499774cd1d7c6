// What a run leaves behind, and what it says of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIST_001 } from "../../src/verify/checks/list/list-001.ts";
import { tryChecks } from "./ground.ts";

describe("a run", () => {
  test("deletes again what could not be deleted at first", async () => {
    const { results, left } = await tryChecks([LIST_001], { flip: { fault: "status:500,verb=delete,count=5" } });
    assert.deepEqual({ verdicts: results.map(({ verdict }) => verdict), left }, { verdicts: ["pass"], left: [] });
  });

  test("names each object that stays, and why, without a change of the verdict", async () => {
    const { results, left } = await tryChecks([LIST_001], { flip: { fault: "status:500,verb=delete" } });
    assert.deepEqual(results.map(({ verdict }) => verdict), ["pass"]);
    const expected = ["a", "b", "c", "d", "e"].map((word) => `jobs/verify-test-list-001-${word} in trials (answered with 500)`);
    assert.deepEqual(left.toSorted(), expected);
  });

  test("says that something may be left where it cannot look", async () => {
    const { left } = await tryChecks([LIST_001], { flip: { fault: "status:500,path=limit=200" } });
    assert.deepEqual(left, ["perhaps jobs named verify-test-… in trials (the list was answered with 500)"]);
  });
});
