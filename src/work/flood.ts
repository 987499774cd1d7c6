// How much a worker may say: bytes that are read later, lines of talk that are dropped. Pure: the time comes in.

/** Bytes taken per second and at once, of one worker's two streams together. A faster worker waits for its pipe. */
export const BYTES_PER_SECOND = 4 * 1024 * 1024;
/** Lines of talk per second and at once; more is dropped and counted. */
export const LINES_PER_SECOND = 100;
export const LINES_AT_ONCE = 1_000;

/** A bucket that fills with time. */
export class Allowance {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #atMs: number;

  constructor(perSecond: number, most: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#most = most;
    this.#left = most;
    this.#atMs = nowMs;
  }

  /** Takes `amount` if it is there. */
  take(amount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  /** Takes `amount` whatever is there; ms until the bucket is out of debt. */
  owe(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#left -= amount;
    return this.#left >= 0 ? 0 : -this.#left / this.#perMs;
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#most, this.#left + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
