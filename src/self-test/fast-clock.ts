// A clock whose hours pass quicker than another's, for waits that no condition can stand in for. Pure.

import type { Clock } from "../base/clock.ts";

/** Starts at the time of `clock`; `factor` of its seconds are one of that one's. Whoever compares times must share it. */
export function fastClock(clock: Clock, factor: number): Clock {
  const startMs = clock.now();
  const zeroMs = clock.monotonic();
  const passedMs = () => (clock.monotonic() - zeroMs) * factor;
  return {
    now: () => startMs + passedMs(),
    monotonic: passedMs,
    sleep: (ms, signal) => clock.sleep(ms / factor, signal),
  };
}
