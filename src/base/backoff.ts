// Delays that grow: client-go's reflector numbers (0.8 s, doubled to 30 s, each times [1, 2), forgotten after two quiet minutes).

import type { Random } from "./clock.ts";

export interface BackoffOptions {
  /** First delay before jitter, ms. Default 800. */
  firstMs?: number;
  /** Largest delay before jitter, ms. Default 30,000. */
  capMs?: number;
  /** A pause in asking of this length starts over, ms. Default 120,000. */
  resetAfterMs?: number;
}

export class Backoff {
  readonly #random: Random;
  readonly #firstMs: number;
  readonly #capMs: number;
  readonly #resetAfterMs: number;
  #attempt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(random: Random, options: BackoffOptions = {}) {
    this.#random = random;
    this.#firstMs = options.firstMs ?? 800;
    this.#capMs = options.capMs ?? 30_000;
    this.#resetAfterMs = options.resetAfterMs ?? 120_000;
  }

  /** The next delay in ms; never shorter than `atLeastMs` (a server's Retry-After), which gets jitter of its own. */
  next(monotonicMs: number, atLeastMs = 0): number {
    if (monotonicMs - this.#askedAt > this.#resetAfterMs) this.#attempt = 0;
    const base = Math.min(this.#firstMs * 2 ** this.#attempt, this.#capMs);
    const delay = Math.max(base * (1 + this.#random()), atLeastMs * (1 + this.#random() / 10));
    this.#attempt = Math.min(this.#attempt + 1, 30);
    this.#askedAt = monotonicMs + delay;
    return delay;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
