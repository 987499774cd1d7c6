// The queue of jobs, by itself and against a naive model.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JobQueue } from "../../src/drive/queue.ts";
import { ManualClock } from "../support/manual-clock.ts";

const signal = new AbortController().signal;

function setUp(): { clock: ManualClock; queue: JobQueue } {
  const clock = new ManualClock();
  return { clock, queue: new JobQueue(clock, () => 0) };
}

/** Takes without waiting: undefined if there is nothing. */
async function takeNow(queue: JobQueue): Promise<string | undefined> {
  const stop = new AbortController();
  const taken = queue.take(stop.signal).catch(() => undefined);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  stop.abort();
  return taken;
}

describe("JobQueue", () => {
  test("gives each key once, whatever was added how often", async () => {
    const { queue } = setUp();
    for (const key of ["a", "b", "a"]) queue.add(key, "r", "u");
    assert.equal(queue.size, 2);
    assert.deepEqual([await queue.take(signal), await queue.take(signal), await takeNow(queue)], ["a", "b", undefined]);
  });

  test("lets repositories take turns: behind a thousand jobs of one, another's first starts second", async () => {
    const { queue } = setUp();
    for (let job = 0; job < 1_000; job++) queue.add(`a${job}`, "a", "u");
    queue.add("b0", "b", "u");
    queue.add("b1", "b", "u");
    const taken = [await queue.take(signal), await queue.take(signal), await queue.take(signal), await queue.take(signal)];
    assert.deepEqual(taken, ["a0", "b0", "a1", "b1"]);
  });

  test("gives a key that is worked on to nobody else, and once more if it was added meanwhile", async () => {
    const { queue } = setUp();
    queue.add("a", "r", "u");
    assert.equal(await queue.take(signal), "a");
    queue.add("a", "r", "u");
    assert.equal(await takeNow(queue), undefined);
    queue.done("a");
    assert.equal(await queue.take(signal), "a");
    queue.done("a");
    assert.equal(await takeNow(queue), undefined);
  });

  test("waits for a key, and ends waiting with the signal", async () => {
    const { clock, queue } = setUp();
    const taken = queue.take(signal);
    await clock.advance(1_000);
    queue.add("a", "r", "u");
    assert.equal(await taken, "a");
    const stop = new AbortController();
    const waiting = queue.take(stop.signal);
    stop.abort(new Error("stopped"));
    await assert.rejects(waiting, { message: "stopped" });
  });

  test("wakes every driver that waits", async () => {
    const { queue } = setUp();
    const both = Promise.all([queue.take(signal), queue.take(signal)]);
    queue.add("a", "r", "u");
    queue.add("b", "r", "u");
    assert.deepEqual((await both).sort(), ["a", "b"]);
  });

  test("gives a key that has failed at its time, however often it is told of meanwhile", async () => {
    const { clock, queue } = setUp();
    queue.add("a", "r", "u");
    await queue.take(signal);
    queue.add("a", "r", "u");
    queue.retry("a", 5_000);
    queue.add("a", "r", "u");
    const taken = queue.take(signal);
    let at: number | undefined;
    void taken.then(() => (at = clock.monotonic()));
    await clock.advance(4_999);
    queue.add("a", "r", "u");
    assert.equal(at, undefined);
    await clock.advance(1);
    assert.equal(await taken, "a");
  });

  for (const when of ["while it waits", "while it is worked on"]) {
    test(`gives at once a key that has failed and stands for another job now, told ${when}`, async () => {
      const { clock, queue } = setUp();
      queue.add("a", "r", "u");
      await queue.take(signal);
      if (when === "while it is worked on") queue.add("a", "r", "successor");
      queue.retry("a", 60_000);
      if (when === "while it waits") queue.add("a", "r", "successor");
      assert.equal(await takeNow(queue), "a");
      queue.retry("a");
      const again = queue.take(signal);
      await clock.advance(1_000);
      assert.equal(await again, "a", "its failures are its own");
    });
  }

  test("pauses longer with every failure in a row, up to half a minute, and never shorter than asked", async () => {
    const { clock, queue } = setUp();
    queue.add("a", "r", "u");
    await queue.take(signal);
    const pauses: number[] = [];
    for (const atLeastMs of [0, 0, 60_000, ...new Array<number>(7).fill(0)]) {
      queue.retry("a", atLeastMs);
      const before = clock.monotonic();
      const taken = queue.take(signal);
      await clock.advance(clock.nextMs ?? 0);
      await taken;
      pauses.push(clock.monotonic() - before);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 60_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
    queue.done("a");
    queue.add("a", "r", "u");
    assert.equal(await queue.take(signal), "a");
    queue.retry("a");
    assert.equal(clock.nextMs, undefined);
    const again = queue.take(signal);
    await clock.advance(1_000);
    assert.equal(await again, "a");
  });

  test("holds nothing of keys that are done", async () => {
    const { queue } = setUp();
    for (let job = 0; job < 100; job++) {
      queue.add(`a${job}`, "a", "u");
      queue.done(await queue.take(signal));
    }
    assert.equal(queue.size, 0);
  });
});
