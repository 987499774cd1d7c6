// A clock whose hours pass quicker than the system's, for waits that no condition can stand in for.

import type { Clock } from "../../src/base/clock.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { fastClock as quicker } from "../../src/self-test/fast-clock.ts";

/** Starts at the system's time; `factor` of its seconds are one of the system's. Whoever compares times must share it. */
export function fastClock(factor: number): Clock {
  return quicker(systemClock, factor);
}
