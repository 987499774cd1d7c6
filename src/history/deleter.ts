// Targets in, DELETEs out: bounded in number and rate, slower when the server asks for it, one outcome per target.
// Decides what an answer means for the next request; says nothing and knows no pages.

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import { type Count, uncounted } from "../base/counts.ts";
import { ApiError, AppError } from "../base/errors.ts";
import type { Api } from "../kube/api.ts";
import type { Collection } from "../kube/types.ts";
import { TokenBucket } from "./bucket.ts";

/** An object to delete; `uid` is the precondition, so a successor of the same name is safe. */
export interface Target {
  namespace: string;
  name: string;
  uid: string;
  ageMs: number;
}

/** `gone`: somebody else was faster; `changed`: the uid is another by now; `failed`: left for the next sweep. */
export type Outcome = "deleted" | "gone" | "changed" | "failed";

/** Why the rest of the targets was left alone. */
export type DeleteStop =
  /** 403: the same answer waits for every other target. */
  | { kind: "forbidden"; verb: "delete"; error: AppError }
  /** Nothing but failures for a while, or a server that goes on refusing for load. */
  | { kind: "failing"; verb: "delete"; error: AppError };

export interface DeleterOptions {
  api: Pick<Api, "deleteObject">;
  /** Requests per second; 0 = no cap. */
  ratePerSecond: number;
  clock: Clock;
  random: Random;
  count?: Count;
}

/** Requests under way at once while the server does not complain. */
const CONCURRENCY = 10;
/** Successes in a row after which one more request may be under way: slow, as after TCP's congestion. */
const RECOVERY_SUCCESSES = 50;
/** Twice the concurrency: one broken round of connections alone must not end a sweep. */
const CONSECUTIVE_FAILURES = 20;
/** 429 or 503 to the same target this often: the server has no room for us now. */
const THROTTLED_ATTEMPTS = 5;
/** How long requests under way may take once the signal was aborted. */
const GRACE_MS = 5_000;

interface Attempt {
  target: Target;
  throttled: number;
}

export class Deleter {
  readonly #api: Pick<Api, "deleteObject">;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #backoff: Backoff;
  readonly #count: Count;
  #limit = CONCURRENCY;
  #successes = 0;
  #failures = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** Counts the times that we slowed down; a request remembers in which of them it started. */
  #era = 0;

  constructor(options: DeleterOptions) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#bucket = new TokenBucket(options.ratePerSecond, options.clock);
    this.#backoff = new Backoff(options.random);
    this.#count = options.count ?? uncounted;
  }

  /** Requests that may be under way at once just now. */
  get limit(): number {
    return this.#limit;
  }

  /** Forgets the failures counted so far: a new sweep has begun. Pauses and the limit stay. */
  beginSweep(): void {
    this.#failures = 0;
  }

  /**
   * Resolves once every request has ended: undefined when all targets were tried. On abort no further request starts and
   * those under way get five seconds; then it rejects with the signal's reason. Rejects too with anything that is no AppError.
   */
  async deleteAll(
    collection: Collection,
    targets: readonly Target[],
    report: (target: Target, outcome: Outcome, error?: AppError) => void,
    signal: AbortSignal,
  ): Promise<DeleteStop | undefined> {
    signal.throwIfAborted();
    const queue: Attempt[] = targets.map((target) => ({ target, throttled: 0 }));
    const underWay = new Set<Promise<void>>();
    const halt = new AbortController();
    const cut = new AbortController();
    const ended = new AbortController();
    let stop: DeleteStop | undefined;
    let bug: { error: unknown } | undefined;

    const onAbort = () => {
      halt.abort();
      this.#clock.sleep(GRACE_MS, ended.signal).then(() => cut.abort(signal.reason), () => undefined);
    };
    const giveUp = (why: DeleteStop) => {
      stop ??= why;
      halt.abort();
    };

    const attempt = async (next: Attempt): Promise<void> => {
      const era = this.#era;
      try {
        await this.#api.deleteObject(collection, next.target, cut.signal);
        this.#succeeded();
        report(next.target, "deleted");
      } catch (error) {
        if (cut.signal.aborted && error === cut.signal.reason) return;
        if (!(error instanceof AppError)) {
          bug ??= { error };
          halt.abort();
          return;
        }
        const status = error instanceof ApiError ? error.status : undefined;
        if (status === 404 || status === 409) {
          this.#succeeded();
          report(next.target, status === 404 ? "gone" : "changed");
        } else if (status === 403) {
          report(next.target, "failed", error);
          giveUp({ kind: "forbidden", verb: "delete", error });
        } else if (error instanceof ApiError && (status === 429 || status === 503)) {
          this.#throttle(era, error.retryAfterMs);
          next.throttled++;
          if (next.throttled < THROTTLED_ATTEMPTS) {
            this.#count("retry", { operation: "delete" });
            queue.unshift(next);
          } else {
            report(next.target, "failed", error);
            giveUp({ kind: "failing", verb: "delete", error });
          }
        } else {
          this.#successes = 0;
          this.#failures++;
          report(next.target, "failed", error);
          if (this.#failures >= CONSECUTIVE_FAILURES) giveUp({ kind: "failing", verb: "delete", error });
        }
      }
    };

    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!halt.signal.aborted) {
        if (queue.length === 0 || underWay.size >= this.#limit) {
          if (underWay.size === 0) break;
          await Promise.race(underWay);
          continue;
        }
        if (!(await this.#admitted(halt.signal))) break;
        const next = queue.shift();
        if (next === undefined) continue;
        const call: Promise<void> = attempt(next).finally(() => underWay.delete(call));
        underWay.add(call);
      }
      await Promise.all(underWay);
    } finally {
      ended.abort();
      signal.removeEventListener("abort", onAbort);
    }
    if (bug !== undefined) throw bug.error;
    signal.throwIfAborted();
    return stop;
  }

  /** Waits for the rate and for the end of any pause; false once halted. */
  async #admitted(halted: AbortSignal): Promise<boolean> {
    try {
      await this.#bucket.take(halted);
      for (;;) {
        const waitMs = this.#pausedUntilMs - this.#clock.monotonic();
        if (waitMs <= 0) return !halted.aborted;
        await this.#clock.sleep(waitMs, halted);
      }
    } catch (error) {
      if (halted.aborted) return false;
      throw error;
    }
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#successes++;
    if (this.#successes < RECOVERY_SUCCESSES) return;
    this.#successes = 0;
    this.#backoff.reset();
    this.#limit = Math.min(this.#limit + 1, CONCURRENCY);
  }

  /** 429 or 503: everybody waits. A request from before the last such answer tells nothing new but its Retry-After. */
  #throttle(era: number, retryAfterMs: number | undefined): void {
    const now = this.#clock.monotonic();
    let pauseMs = retryAfterMs ?? 0;
    if (era === this.#era) {
      this.#era++;
      this.#successes = 0;
      this.#limit = Math.max(Math.floor(this.#limit / 2), 1);
      pauseMs = this.#backoff.next(now, retryAfterMs);
    }
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + pauseMs);
  }
}
