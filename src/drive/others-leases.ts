// Whether the lease of an owner has expired: judged by our monotonic time since a read first showed this version of the
// job, and by nothing else. No wrong clock, ours or theirs, steals a live lease; after a start, one expiry is waited for.
// Holds an entry for each claimed job that was read; what is gone comes due, is read, and is forgotten then.

import type { JobView } from "./job-view.ts";

export interface ClaimedJob {
  namespace: string;
  name: string;
  uid: string;
}

interface Seen extends ClaimedJob {
  version: string;
  sinceMs: number;
}

export class OthersLeases {
  readonly #seen = new Map<string, Seen>();

  /** A read (a list or a GET, never an event of a watch) shows a job. `nowMs` = when it was answered, monotonic. */
  see({ namespace, name, uid, version, claim }: JobView, nowMs: number): void {
    if (claim === "") {
      this.#seen.delete(uid);
    } else if (this.#seen.get(uid)?.version !== version) {
      this.#seen.set(uid, { namespace, name, uid, version, sinceMs: nowMs });
    }
  }

  /** The job is gone. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }

  /** Whether this very version has been seen for so long that its owner must have stopped. */
  expired({ uid, version, claim }: JobView, nowMs: number, expiryMs: number): boolean {
    const seen = this.#seen.get(uid);
    return claim !== "" && seen !== undefined && seen.version === version && nowMs - seen.sinceMs >= expiryMs;
  }

  /** Jobs that were not seen to change for `expiryMs`: a read tells whether they have. */
  due(nowMs: number, expiryMs: number): ClaimedJob[] {
    return [...this.#seen.values()].filter(({ sinceMs }) => nowMs - sinceMs >= expiryMs);
  }

  /** When the next job comes due, monotonic ms; undefined while none is claimed. */
  nextDueMs(expiryMs: number): number | undefined {
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const seen of this.#seen.values()) sinceMs = Math.min(sinceMs, seen.sinceMs);
    return sinceMs === Number.POSITIVE_INFINITY ? undefined : sinceMs + expiryMs;
  }
}
