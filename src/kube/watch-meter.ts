// One followed collection in numbers: what its watch yields is counted, and how it stands is kept for whoever looks.
// Told of every event and fact; asks nobody, changes nothing.

import type { Clock } from "../base/clock.ts";
import { type Count, WATCH_REASONS } from "../base/counts.ts";
import { ApiError } from "../base/errors.ts";
import { oneOf, reasonOf } from "../base/reasons.ts";
import type { WatchEvent } from "./types.ts";
import type { Fact } from "./watch-state.ts";

const VERBS = { ADDED: "add", MODIFIED: "update", DELETED: "delete" } as const;
const LIST_ODD = { "list-twice": "twice", "list-lacked": "lacked" } as const;
const BACK = { "object-back": "object", "stream-back": "stream", "list-back": "list" } as const;

export class WatchMeter {
  readonly #count: Count;
  readonly #clock: Pick<Clock, "now">;
  /** The watch is open. */
  open = false;
  /** When the last complete list ended and the last event came, ms on the wall clock. */
  listedMs: number | undefined;
  eventMs: number | undefined;
  /** Objects that the last complete list showed. */
  objects = 0;
  #trigger: "initial" | "reconnect" | "periodic" = "initial";
  #stalled = false;

  constructor(count: Count, clock: Pick<Clock, "now">) {
    this.#count = count;
    this.#clock = clock;
  }

  /** Events as they come off the stream. */
  events(events: readonly WatchEvent[]): void {
    this.eventMs = this.#clock.now();
    for (const { type } of events) {
      if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") this.#count("event", { verb: VERBS[type], delivery: "live" });
    }
  }

  fact(fact: Fact): void {
    switch (fact.kind) {
      case "stream":
        this.#stream(fact);
        break;
      case "stalled":
        this.#stalled = true;
        this.#count("watch-failed", { reason: "stall" });
        break;
      case "listed":
        this.#listed(fact);
        break;
      case "failure":
        this.#failure(fact);
        break;
      case "unusable":
        this.#count("event-dropped", { reason: fact.reason });
        break;
      case "odd":
        if (fact.what === "doubled") this.#count("event-doubled", {});
        else if (fact.what === "lost") this.#count("event-lost", { found_by: "list" }, fact.count);
        else if (fact.what === "list-twice" || fact.what === "list-lacked") this.#count("list-odd", { how: LIST_ODD[fact.what] });
        else this.#count("version-back", { seen_in: BACK[fact.what] });
    }
  }

  /** Why a stream failed is said by the fact that follows. */
  #stream({ up, error }: Fact & { kind: "stream" }): void {
    this.open = up;
    if (up) {
      this.#count("watch-opened", {});
      if (this.#trigger === "periodic") this.#trigger = "reconnect";
    } else if (error === undefined && !this.#stalled) {
      this.#count("watch-ended", {});
    }
    this.#stalled = false;
  }

  #listed({ differences: { objects, found, changed, gone } }: Fact & { kind: "listed" }): void {
    this.listedMs = this.#clock.now();
    this.objects = objects;
    this.#count("listed", { trigger: this.#trigger });
    this.#trigger = "periodic";
    this.#count("event", { verb: "add", delivery: "relist" }, found);
    this.#count("event", { verb: "update", delivery: "relist" }, changed);
    this.#count("event", { verb: "delete", delivery: "relist" }, gone);
  }

  /** A page that failed, the first version's included, was counted where it was asked for. */
  #failure({ stage, error }: Fact & { kind: "failure" }): void {
    this.#count("retry", { operation: stage === "list" ? "list" : "watch" });
    if (stage === "list" || stage === "anchor") return;
    const answered = stage === "stream" && error instanceof ApiError;
    const reason = answered ? (error.expired ? "expired-event" : "error-event") : oneOf(WATCH_REASONS, reasonOf(error));
    this.#count("watch-failed", { reason });
    if (error instanceof ApiError && error.retryAfterMs !== undefined) this.#count("asked-to-wait", { operation: "watch" });
  }
}
