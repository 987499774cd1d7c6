import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { TokenBucket } from "../../src/history/bucket.ts";
import { ManualClock } from "../support/manual-clock.ts";

const signal = new AbortController().signal;

/** Takes `count` and returns the monotonic time of each. */
async function take(bucket: TokenBucket, clock: ManualClock, count: number): Promise<number[]> {
  const times: number[] = [];
  const taking = (async () => {
    for (let taken = 0; taken < count; taken++) {
      await bucket.take(signal);
      times.push(clock.monotonic());
    }
  })();
  while (times.length < count) await clock.advance(clock.nextMs ?? 0);
  await taking;
  return times;
}

describe("TokenBucket", () => {
  test("lets a tenth of a second's worth through at once, then one each 10 ms at 100/s", async () => {
    const clock = new ManualClock();
    const times = await take(new TokenBucket(100, clock), clock, 110);
    assert.deepEqual(times, Array.from({ length: 110 }, (_, index) => Math.max(index - 9, 0) * 10));
  });

  for (const rate of [0.5, 1, 3, 7, 100, 2_500]) {
    test(`holds ${rate}/s exactly over any span, after a rest too`, async () => {
      const clock = new ManualClock();
      const bucket = new TokenBucket(rate, clock);
      const burst = Math.max(Math.floor(rate / 10), 1);
      const first = await take(bucket, clock, burst + 20);
      await clock.advance(3_600_000);
      const times = [...first, ...(await take(bucket, clock, burst + 20))];
      for (const [from, start] of times.entries()) {
        for (let to = from; to < times.length; to++) {
          const seconds = ((times[to] ?? 0) - start) / 1_000;
          assert.ok(to - from + 1 <= burst + rate * seconds + 1e-6, `${to - from + 1} within ${seconds} s`);
        }
      }
      assert.ok(Math.abs((first.at(-1) ?? 0) - (20 * 1_000) / rate) < 1e-6, "no slower than the rate");
    });
  }

  test("knows no limit at a rate of 0", async () => {
    const clock = new ManualClock();
    assert.deepEqual(await take(new TokenBucket(0, clock), clock, 1_000), Array.from({ length: 1_000 }, () => 0));
  });

  test("rejects with the signal's reason while it waits", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(1, clock);
    const stop = new AbortController();
    await bucket.take(stop.signal);
    const waiting = bucket.take(stop.signal);
    stop.abort(new Error("stop"));
    await assert.rejects(waiting, /stop/);
  });
});
