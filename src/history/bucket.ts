// A rate as a queue of moments: take() resolves when one more request may start. Knows nothing of requests.

import type { Clock } from "../base/clock.ts";

/** What may start at once after a rest, as a share of one second's worth. */
const BURST_SECONDS = 0.1;

export class TokenBucket {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  readonly #burstMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;

  /** @param ratePerSecond zero or less: no limit */
  constructor(ratePerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#spacingMs = ratePerSecond > 0 ? 1_000 / ratePerSecond : 0;
    this.#burstMs = (Math.max(Math.floor(ratePerSecond * BURST_SECONDS), 1) - 1) * this.#spacingMs;
  }

  /** In any span of t seconds at most rate × t, and a tenth of the rate (or one) more, get through. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#spacingMs === 0) return;
    const now = this.#clock.monotonic();
    const at = Math.max(this.#nextMs, now - this.#burstMs);
    this.#nextMs = at + this.#spacingMs;
    if (at > now) await this.#clock.sleep(at - now, signal);
  }
}
