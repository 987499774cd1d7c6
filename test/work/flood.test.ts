import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Allowance } from "../../src/work/flood.ts";

describe("Allowance", () => {
  test("gives what is there, and again with time", () => {
    const lines = new Allowance(10, 2, 0);
    assert.deepEqual([lines.take(1, 0), lines.take(1, 0), lines.take(1, 0)], [true, true, false]);
    assert.deepEqual([lines.take(1, 99), lines.take(1, 100), lines.take(1, 100)], [false, true, false]);
  });

  test("holds no more than its most, however long nobody takes", () => {
    const lines = new Allowance(10, 2, 0);
    assert.deepEqual([1, 2, 3].map(() => lines.take(1, 1e9)), [true, true, false]);
  });

  test("lends, and says when that is paid back", () => {
    const bytes = new Allowance(1_000, 100, 0);
    assert.equal(bytes.owe(100, 0), 0);
    assert.equal(bytes.owe(50, 0), 50);
    assert.equal(bytes.owe(50, 50), 50);
    assert.equal(bytes.owe(50, 1_000), 0);
  });
});
