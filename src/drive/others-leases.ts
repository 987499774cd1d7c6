// Whether the lease of an owner has expired: judged by our monotonic time since a read first showed this version of the
// job, and by nothing else. No wrong clock, ours or theirs, steals a live lease; after a start, one expiry is waited for.
// Holds an entry for each claimed job that was read; what is gone comes due, is read, and is forgotten then.

import type { JobView } from "./job-view.ts";

export interface ClaimedJob {
  namespace: string;
  name: string;
  uid: string;
}

/** A claimed job at one version, and since when reads show it so, monotonic. */
export interface Seen extends ClaimedJob {
  readonly version: string;
  readonly sinceMs: number;
}

/** What is known of a job after a read has shown it; `nowMs` = when that was answered. Undefined: it is not claimed. */
export function seenStep(seen: Seen | undefined, { namespace, name, uid, version, claim }: JobView, nowMs: number): Seen | undefined {
  if (claim === "") return undefined;
  // Any change is a sign of life, whatever it is and whoever made it.
  if (seen !== undefined && seen.version === version) return seen;
  return { namespace, name, uid, version, sinceMs: nowMs };
}

/** Whether this very version has been seen for so long that its owner must have stopped. */
export function leaseExpired(seen: Seen | undefined, { version, claim }: JobView, nowMs: number, expiryMs: number): boolean {
  return claim !== "" && seen !== undefined && seen.version === version && nowMs - seen.sinceMs >= expiryMs;
}

export class OthersLeases {
  readonly #seen = new Map<string, Seen>();

  /** A read (a list or a GET, never an event of a watch) shows a job. `nowMs` = when it was answered, monotonic. */
  see(view: JobView, nowMs: number): void {
    const seen = seenStep(this.#seen.get(view.uid), view, nowMs);
    if (seen === undefined) this.#seen.delete(view.uid);
    else this.#seen.set(view.uid, seen);
  }

  /** The job is gone. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }

  /** As leaseExpired(), of what was seen of it. */
  expired(view: JobView, nowMs: number, expiryMs: number): boolean {
    return leaseExpired(this.#seen.get(view.uid), view, nowMs, expiryMs);
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
