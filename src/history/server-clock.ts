// The server's time as pages tell it: the `Date` of each page in, the time to measure ages by out.
// A Date that moves against our monotonic clock is not believed: one wrong clock must not empty a history.

import type { Clock } from "../base/clock.ts";
import { wholeSeconds } from "./expired.ts";

/** A Date that moved by more than this between two pages was set, not drifting. */
const MOVED_MS = 60_000;

export type Reading =
  /** `nowMs`: the server's time in whole seconds, never ahead of the clock that dated the objects. */
  | { kind: "time"; nowMs: number; source: "server" | "local" }
  /** The sweep that met this page must end: `dateMs` came where `expectedMs` was due. */
  | { kind: "moved"; byMs: number; dateMs: number; expectedMs: number };

export class ServerClock {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #retentionMs: number;
  /** Server time minus monotonic time, as of the last page. */
  #offsetMs: number | undefined;
  /**
   * After a move forward ages are read by the slower clock until one retention has passed: by then whatever the old clock
   * dated has truly expired, and until then nothing that the new clock dated can have. Hence neither early nor late.
   */
  #slower: { offsetMs: number; untilMs: number } | undefined;

  constructor(clock: Pick<Clock, "now" | "monotonic">, retentionMs: number) {
    this.#clock = clock;
    this.#retentionMs = retentionMs;
  }

  /**
   * Takes a page's time (`ListPage.serverTimeMs`; undefined: the local clock stands in). Call it as soon as the page is
   * here. A move is reported once; the next page is measured against the time that this one told.
   */
  read(serverTimeMs: number | undefined): Reading {
    const monotonic = this.#clock.monotonic();
    const dateMs = wholeSeconds(serverTimeMs ?? this.#clock.now());
    const offsetMs = dateMs - monotonic;
    const previous = this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (this.#slower !== undefined && monotonic >= this.#slower.untilMs) this.#slower = undefined;
    if (previous !== undefined && Math.abs(offsetMs - previous) > MOVED_MS) {
      if (offsetMs > previous) {
        this.#slower = {
          offsetMs: Math.min(previous, this.#slower?.offsetMs ?? previous),
          untilMs: monotonic + this.#retentionMs + 1_000,
        };
      }
      return { kind: "moved", byMs: offsetMs - previous, dateMs, expectedMs: previous + monotonic };
    }
    const slowest = this.#slower === undefined ? dateMs : wholeSeconds(this.#slower.offsetMs + monotonic);
    return { kind: "time", nowMs: Math.min(dateMs, slowest), source: serverTimeMs === undefined ? "local" : "server" };
  }
}
