// Whether the lease of another owner has expired: judged by our monotonic time since a read first showed this version of
// the job, and by nothing else. No wrong clock, ours or theirs, steals a live lease; after a start, one expiry is waited for.

import type { JobView } from "./job-view.ts";

interface Seen {
  version: string;
  sinceMs: number;
}

export class OthersLeases {
  readonly #seen = new Map<string, Seen>();

  /** A read (a list or a GET, never an event of a watch) shows a claimed job. `nowMs` = when it was answered, monotonic. */
  see({ uid, version, claim }: JobView, nowMs: number): void {
    if (claim === "") {
      this.#seen.delete(uid);
    } else if (this.#seen.get(uid)?.version !== version) {
      this.#seen.set(uid, { version, sinceMs: nowMs });
    }
  }

  /** The job is gone. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }

  /** Forgets all but these. */
  keep(uids: ReadonlySet<string>): void {
    for (const uid of this.#seen.keys()) if (!uids.has(uid)) this.#seen.delete(uid);
  }

  /** Whether this very version has been seen for so long that its owner must have stopped. */
  expired({ uid, version, claim }: JobView, nowMs: number, expiryMs: number): boolean {
    const seen = this.#seen.get(uid);
    return claim !== "" && seen !== undefined && seen.version === version && nowMs - seen.sinceMs >= expiryMs;
  }
}
