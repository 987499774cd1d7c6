// Whose turn it is to list: one full list at a time, in order of asking, and once everything is known at most five
// percent of the time. Shared by all that read whole collections for the sake of verification.

import type { Clock } from "../base/clock.ts";

/** A list that took 1 s is followed by 19 s without one. */
const REST_FACTOR = 19;

interface Waiting {
  urgent: boolean;
  enter: () => void;
}

export class ListLane {
  readonly #clock: Clock;
  #busy = false;
  #waiting: Waiting[] = [];
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves when it is the caller's turn, with the call that ends it. `urgent` (a first list) neither waits for the
   * rest after others nor asks for one.
   */
  async enter(urgent: boolean, signal: AbortSignal): Promise<() => void> {
    await this.#turn(urgent, signal);
    try {
      while (!urgent && this.#restUntil > this.#clock.monotonic()) {
        await this.#clock.sleep(this.#restUntil - this.#clock.monotonic(), signal);
      }
    } catch (error) {
      this.#leave();
      throw error;
    }
    const beganAt = this.#clock.monotonic();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const now = this.#clock.monotonic();
      if (!urgent) this.#restUntil = now + (now - beganAt) * REST_FACTOR;
      this.#leave();
    };
  }

  #turn(urgent: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (!this.#busy) {
      this.#busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        urgent,
        enter: () => {
          signal.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #leave(): void {
    const next = this.#waiting.findIndex((waiting) => waiting.urgent);
    const [waiting] = this.#waiting.splice(Math.max(next, 0), 1);
    if (waiting === undefined) this.#busy = false;
    else waiting.enter();
  }
}
