import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";

describe("systemClock.sleep()", () => {
  test("resolves, never early, after the time", async () => {
    const start = systemClock.monotonic();
    await systemClock.sleep(20);
    assert.ok(systemClock.monotonic() - start >= 20);
  });

  test("resolves at once for nothing or less", async () => {
    await systemClock.sleep(0);
    await systemClock.sleep(-5);
  });

  test("sleeps through waits that no timer can hold in timers that can", async () => {
    const stop = new AbortController();
    const asked: (number | undefined)[] = [];
    const { setTimeout } = globalThis;
    globalThis.setTimeout = ((run: () => void, ms?: number) => {
      asked.push(ms);
      return setTimeout(run, ms);
    }) as typeof setTimeout;
    try {
      const sleeping = systemClock.sleep(2 ** 40, stop.signal);
      stop.abort();
      await assert.rejects(sleeping);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assert.deepEqual(asked, [2 ** 31 - 1]);
  });

  test("rejects with the signal's reason, at once if it was aborted before", async () => {
    const reason = new Error("shutdown");
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort(reason);
    await assert.rejects(sleeping, (error) => error === reason);
    await assert.rejects(systemClock.sleep(60_000, stop.signal), (error) => error === reason);
    await assert.rejects(systemClock.sleep(0, stop.signal), (error) => error === reason);
  });

  test("takes its listener off the signal", async () => {
    const stop = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = stop.signal;
    stop.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(stop.signal, args);
    };
    stop.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(stop.signal, args);
    };
    const sleeping = systemClock.sleep(1, stop.signal);
    assert.equal(listeners, 1);
    await sleeping;
    assert.equal(listeners, 0);
  });
});
