import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Backoff } from "../../src/base/backoff.ts";

/** Delays of `count` failures, each met as soon as the delay before is over. */
function delays(backoff: Backoff, count: number, startMs = 0): number[] {
  const all: number[] = [];
  let at = startMs;
  for (let nth = 0; nth < count; nth++) {
    const delay = backoff.next(at);
    all.push(delay);
    at += delay;
  }
  return all;
}

describe("Backoff", () => {
  test("doubles from 0.8 s to 30 s", () => {
    assert.deepEqual(delays(new Backoff(() => 0), 8), [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  test("times each delay by a factor in [1, 2)", () => {
    assert.deepEqual(delays(new Backoff(() => 0.5), 3), [1_200, 2_400, 4_800]);
    assert.ok((delays(new Backoff(() => 1 - Number.EPSILON), 50).at(-1) ?? 0) < 60_000);
  });

  test("takes first, cap and quiet time from its options", () => {
    const backoff = new Backoff(() => 0, { firstMs: 10, capMs: 25, resetAfterMs: 100 });
    assert.deepEqual(delays(backoff, 4), [10, 20, 25, 25]);
    assert.equal(backoff.next(80 + 101), 10);
  });

  test("starts over once two minutes have passed since the last delay ended", () => {
    const backoff = new Backoff(() => 0);
    delays(backoff, 3);
    const over = 800 + 1_600 + 3_200;
    assert.equal(backoff.next(over + 120_000), 6_400, "two minutes exactly: not yet");
    assert.equal(backoff.next(over + 120_000 + 6_400 + 120_001), 800);
  });

  test("does not start over by a long delay of its own", () => {
    const backoff = new Backoff(() => 0);
    assert.equal(backoff.next(0, 300_000), 300_000);
    assert.equal(backoff.next(300_000), 1_600);
  });

  test("starts over when told to", () => {
    const backoff = new Backoff(() => 0);
    delays(backoff, 2);
    backoff.reset();
    assert.equal(backoff.next(2_400), 800);
  });

  test("never waits less than the server asks, and not exactly as long as everybody else", () => {
    const backoff = new Backoff(() => 0.5);
    assert.equal(backoff.next(0, 10_000), 10_500);
    assert.equal(backoff.next(10_500, 1), 2_400, "its own delay is longer");
  });

  test("stays at the cap after a thousand failures", () => {
    const all = delays(new Backoff(() => 0), 1_000);
    assert.ok(all.slice(6).every((delay) => delay === 30_000));
  });
});
