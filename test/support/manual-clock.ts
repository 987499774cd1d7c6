// A clock that moves only when told to. sleep() waits in a list; advance() wakes in order of time and lets
// what was woken run before it goes on.

import type { Clock } from "../../src/base/clock.ts";

interface Sleeper {
  at: number;
  wake: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];
  #changed: (() => void)[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Moves the wall clock alone, as NTP or an operator does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        at: this.#monotonic + ms,
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#sleepers.push(sleeper);
      for (const changed of this.#changed.splice(0)) changed();
    });
  }

  /** Milliseconds until the next sleeper wakes; undefined if nobody sleeps. */
  get nextMs(): number | undefined {
    const at = Math.min(...this.#sleepers.map((sleeper) => sleeper.at));
    return Number.isFinite(at) ? at - this.#monotonic : undefined;
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Resolves once at least `count` sleepers wait. */
  async sleeping(count = 1): Promise<void> {
    while (this.#sleepers.length < count) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** Moves both clocks on by `ms`, waking every sleeper due on the way in order. */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + ms;
    for (;;) {
      await settle();
      const due = this.#sleepers.filter((sleeper) => sleeper.at <= target).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#moveTo(due.at);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== due);
      due.wake();
    }
    this.#moveTo(target);
    await settle();
  }

  #moveTo(at: number): void {
    this.#now += at - this.#monotonic;
    this.#monotonic = at;
  }
}

/** Lets every promise that can go on do so. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve));
}
