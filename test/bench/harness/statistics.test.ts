// test/bench/harness/statistics.ts: what stands for several runs, and whose turn it is.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTurns, median, quantile, turns } from "./statistics.ts";

describe("quantile()", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  test("takes the nearest rank of values in any order", () => {
    assert.deepEqual([0, 0.5, 0.99, 1].map((q) => quantile(hundred, q)), [1, 50, 99, 100]);
  });
  test("leaves the values as they are", () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    assert.deepEqual(values, [3, 1, 2]);
  });
  test("compares numbers, not words", () => assert.equal(quantile([10, 9, 100], 1), 100));
  test("of nothing is no number", () => assert.ok(Number.isNaN(quantile([], 0.5))));
});

describe("median()", () => {
  test("is the middle of an odd number of runs", () => assert.equal(median([9, 1, 5]), 5));
  test("is the mean of the two in the middle of an even one", () => assert.equal(median([10, 1, 4, 6]), 5));
  test("of nothing is no number", () => assert.ok(Number.isNaN(median([]))));
});

describe("turns()", () => {
  test("go back and forth", () => assert.deepEqual(turns(["a", "b", "c"], 3).join(""), "abccbaabc"));
  test("leave the subjects as they are", () => {
    const subjects = ["a", "b"];
    turns(subjects, 2);
    assert.deepEqual(subjects, ["a", "b"]);
  });
});

describe("inTurns()", () => {
  test("gives each subject its runs, one at a time", async () => {
    let running = 0;
    const measured = await inTurns([{ name: "a" }, { name: "b" }], 2, async ({ name }, turn) => {
      assert.equal(++running, 1);
      await Promise.resolve();
      running--;
      return `${name}${turn}`;
    });
    assert.deepEqual([...measured], [["a", ["a0", "a3"]], ["b", ["b1", "b2"]]]);
  });
});
