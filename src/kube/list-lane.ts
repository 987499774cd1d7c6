// Whose turn it is to list: one full list at a time, in order of asking, and once everything is known at most five
// percent of the time. Shared by all that read whole collections for the sake of verification.

import type { Clock } from "../base/clock.ts";

/** A list that took 1 s is followed by 19 s without one. */
const REST_FACTOR = 19;

/** The right to list, until leave(). */
export interface Turn {
  /**
   * Sends one request of the list. Its time counts towards the rest once it was answered, from the last call of `sent` on:
   * neither a server that is gone, nor a token that is waited for, nor a slow reader of ours must put off the lists that follow.
   * What is waited for `aside` does not count: it is not the server that takes this time.
   */
  request<T>(send: (sent: () => void, aside: (wait: Promise<void>) => Promise<void>) => Promise<T>): Promise<T>;
  /** Ends the turn; once is enough. */
  leave(): void;
}

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

  /** Resolves when it is the caller's turn. `urgent` (a first list) neither waits for the rest after others nor asks for one. */
  async enter(urgent: boolean, signal: AbortSignal): Promise<Turn> {
    for (;;) {
      await this.#free(urgent, signal);
      const restMs = urgent ? 0 : this.#restUntil - this.#clock.monotonic();
      if (restMs <= 0) return this.#turn(urgent);
      // Who rests is not in the way of an urgent one.
      this.#leave();
      await this.#clock.sleep(restMs, signal);
    }
  }

  #turn(urgent: boolean): Turn {
    const clock = this.#clock;
    let spentMs = 0;
    let left = false;
    return {
      async request(send) {
        let sentAt = clock.monotonic();
        const sent = () => {
          sentAt = clock.monotonic();
        };
        const answer = await send(sent, async (wait) => {
          const from = clock.monotonic();
          await wait;
          sentAt += clock.monotonic() - from;
        });
        spentMs += clock.monotonic() - sentAt;
        return answer;
      },
      leave: () => {
        if (left) return;
        left = true;
        if (!urgent) this.#restUntil = clock.monotonic() + spentMs * REST_FACTOR;
        this.#leave();
      },
    };
  }

  #free(urgent: boolean, signal: AbortSignal): Promise<void> {
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
