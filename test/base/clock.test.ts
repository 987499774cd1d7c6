// A call that comes when its time is over, or never.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { after } from "../../src/base/clock.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("after()", () => {
  const started = () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    return { clock, calls, off: after(clock, 1_000, () => calls.push(clock.monotonic())) };
  };

  test("calls once the time is over, and once only", async () => {
    const { clock, calls } = started();
    const begin = clock.monotonic();
    await clock.advance(999);
    assert.deepEqual(calls, []);
    await clock.advance(5_000);
    assert.deepEqual(calls, [begin + 1_000]);
  });

  test("does not call after it was called off", async () => {
    const { clock, calls, off } = started();
    off();
    await clock.advance(5_000);
    assert.deepEqual(calls, []);
  });

  test("does not call where it was called off once the time was over", async () => {
    const clock = new ManualClock();
    after(clock, 0, () => assert.fail("it was called"))();
    await clock.advance(1);
  });
});
