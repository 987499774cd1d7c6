// Keys of jobs that may be claimed, each once, to drivers that take one at a time. Repositories take turns, so that a
// thousand jobs of one keep nobody else waiting. A key that is worked on is not given out again before it is done.

import type { Clock, Random } from "../base/clock.ts";

/** First and longest pause before a key that failed is given out again, ms, before jitter. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Longest sleep, ms. */
const SLEEP_MS = 300_000;

interface Entry {
  repository: string;
  /** Of the job that has the name. */
  uid: string;
  place: "ready" | "delayed" | "taken";
  /** Monotonic, of a delayed one. */
  dueMs: number;
  /** The uid that it was added with while it was taken: to be given out once more. */
  again: string | undefined;
  failures: number;
}

export class JobQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #entries = new Map<string, Entry>();
  /** Ready keys in order of arrival, by repository; the first repository is the next one. */
  readonly #ready = new Map<string, string[]>();
  readonly #delayed = new Set<string>();
  #waiting: (() => void)[] = [];

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Keys that wait, now or for their time. */
  get size(): number {
    return [...this.#entries.values()].filter(({ place }) => place !== "taken").length;
  }

  /**
   * A key that waits already keeps its place. One that has failed keeps its time, however often it is told of: what it failed on
   * may have been told by ourselves. Another uid is another job.
   */
  add(key: string, repository: string, uid: string): void {
    const entry = this.#entries.get(key);
    if (entry?.place === "taken") entry.again = uid;
    else if (entry === undefined || (entry.place === "delayed" && entry.uid !== uid)) this.#begin(key, repository, uid);
  }

  /** The next key, for the caller alone until `done` or `retry`; waits for one. @throws the signal's reason */
  async take(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const next = this.#next();
      if (next !== undefined) return next;
      await this.#somethingNew(signal);
    }
  }

  /** The key was dealt with: its failures are forgotten. */
  done(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.place !== "taken") return;
    if (entry.again === undefined) this.#entries.delete(key);
    else this.#begin(key, entry.repository, entry.again);
  }

  /** The key is to be given out again, later with every failure in a row; never before `atLeastMs`. */
  retry(key: string, atLeastMs = 0): void {
    const entry = this.#entries.get(key);
    if (entry?.place !== "taken") return;
    if (entry.again !== undefined && entry.again !== entry.uid) return this.#begin(key, entry.repository, entry.again);
    const pauseMs = Math.min(FIRST_MS * 2 ** entry.failures, LONGEST_MS) * (1 + this.#random());
    const dueMs = this.#clock.monotonic() + Math.max(pauseMs, atLeastMs);
    this.#place(key, { ...entry, place: "delayed", dueMs, again: undefined, failures: Math.min(entry.failures + 1, 20) });
  }

  #begin(key: string, repository: string, uid: string): void {
    this.#place(key, { repository, uid, place: "delayed", dueMs: this.#clock.monotonic(), again: undefined, failures: 0 });
  }

  #place(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#delayed.add(key);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #next(): string | undefined {
    const nowMs = this.#clock.monotonic();
    for (const key of this.#delayed) {
      const entry = this.#entries.get(key);
      if (entry === undefined || entry.dueMs > nowMs) continue;
      this.#delayed.delete(key);
      entry.place = "ready";
      const keys = this.#ready.get(entry.repository);
      if (keys === undefined) this.#ready.set(entry.repository, [key]);
      else keys.push(key);
    }
    const [first] = this.#ready;
    if (first === undefined) return undefined;
    const [repository, keys] = first;
    // To the end of the line, behind all other repositories.
    this.#ready.delete(repository);
    const key = keys.shift() ?? "";
    if (keys.length > 0) this.#ready.set(repository, keys);
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.place = "taken";
    return key;
  }

  /** Resolves with the next key that is placed, or when a delayed one is due. */
  async #somethingNew(signal: AbortSignal): Promise<void> {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const key of this.#delayed) dueMs = Math.min(dueMs, this.#entries.get(key)?.dueMs ?? dueMs);
    const over = new AbortController();
    const placed = () => over.abort();
    this.#waiting.push(placed);
    try {
      // Whatever is placed ends the sleep.
      await this.#clock.sleep(Math.min(dueMs - this.#clock.monotonic(), SLEEP_MS), AbortSignal.any([signal, over.signal]));
    } catch (error) {
      if (!over.signal.aborted) throw error;
    } finally {
      this.#waiting = this.#waiting.filter((other) => other !== placed);
    }
  }
}
