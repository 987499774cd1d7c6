// The server's clock, for what is written into objects: the `Date` of its answers and our monotonic clock in, its time in
// milliseconds out. Our wall clock counts only where no answer ever carried a Date.

import type { Clock } from "../base/clock.ts";
import type { Api } from "../kube/api.ts";

/** A Date that is this much behind what was expected was set back, not cut to seconds or slow to arrive. */
const MOVED_MS = 30_000;
/** The best answer is believed for so long: two clocks drift. */
const FRESH_MS = 300_000;

export class ServerTime {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #noDate: () => void;
  /** Server time less monotonic time. */
  #best: { offsetMs: number; atMs: number } | undefined;

  /** `noDate`: told each time that our own clock has to stand in. */
  constructor(clock: Pick<Clock, "now" | "monotonic">, noDate: () => void = () => undefined) {
    this.#clock = clock;
    this.#noDate = noDate;
  }

  /** Takes the time of an answer that has just come. It is cut to seconds and was written a while ago: the latest one is nearest. */
  told(serverTimeMs: number | undefined): void {
    if (serverTimeMs === undefined) return;
    const atMs = this.#clock.monotonic();
    const offsetMs = serverTimeMs - atMs;
    const best = this.#best;
    const worse = best !== undefined && offsetMs < best.offsetMs && best.offsetMs - offsetMs < MOVED_MS && atMs - best.atMs < FRESH_MS;
    if (!worse) this.#best = { offsetMs, atMs };
  }

  /** ms since the epoch. */
  now(): number {
    if (this.#best !== undefined) return Math.floor(this.#best.offsetMs + this.#clock.monotonic());
    this.#noDate();
    return this.#clock.now();
  }
}

type Calls = Pick<Api, "listPage" | "getObject" | "createObject" | "replaceObject" | "replaceStatus" | "deleteObject">;

/** The same calls; what answers tell of the server's clock is taken in. */
export function toldTime(api: Calls, serverTime: ServerTime): Calls {
  async function told<A extends { serverTimeMs: number | undefined }>(asked: Promise<A>): Promise<A> {
    const answer = await asked;
    serverTime.told(answer.serverTimeMs);
    return answer;
  }
  return {
    deleteObject: (...args) => api.deleteObject(...args),
    listPage: (...args) => told(api.listPage(...args)),
    getObject: (...args) => told(api.getObject(...args)),
    createObject: (...args) => told(api.createObject(...args)),
    replaceObject: (...args) => told(api.replaceObject(...args)),
    replaceStatus: (...args) => told(api.replaceStatus(...args)),
  };
}
