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

  test("sleeps through waits that no timer can hold", async () => {
    const stop = new AbortController();
    let woken = false;
    const sleeping = systemClock.sleep(2 ** 40, stop.signal).then(
      () => {
        woken = true;
      },
      () => {},
    );
    // A timer that was given too much fires within a millisecond.
    await systemClock.sleep(20);
    assert.equal(woken, false);
    stop.abort();
    await sleeping;
    assert.equal(woken, false);
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
