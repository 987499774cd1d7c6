// The system's clock. Timers hold at most 2^31-1 ms; longer waits are made of several.

import type { Clock } from "../base/clock.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const until = performance.now() + ms;
    let timer: ReturnType<typeof setTimeout>;
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const next = () => {
      const leftMs = until - performance.now();
      if (leftMs > 0) {
        timer = setTimeout(next, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
        return;
      }
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    signal?.addEventListener("abort", abort, { once: true });
    next();
  });
}
