// When a fault strikes: which calls it is about, and which of its opportunities it takes. Draws from its own dice alone,
// so that the same calls meet the same faults again.

import type { Clock, Random } from "../../../base/clock.ts";
import type { Gate, Scene } from "./fault.ts";
import type { After } from "./kinds.ts";
import type { When } from "./parse.ts";

export class Filter implements Gate {
  readonly #when: When;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #cleared = new AbortController();
  readonly #sinceMs: number;
  readonly #text: string;
  #met = 0;
  #hits = 0;

  constructor(text: string, when: When, clock: Clock, random: Random) {
    this.#text = text;
    this.#when = when;
    this.#clock = clock;
    this.#random = random;
    this.#sinceMs = clock.monotonic();
  }

  get hits(): number {
    return this.#hits;
  }

  get signal(): AbortSignal {
    return this.#cleared.signal;
  }

  clear(): void {
    this.#cleared.abort(new Error("the fault was cleared"));
  }

  /** Whether the fault is about calls of this kind at all. */
  matches(scene: Scene): boolean {
    const { server, method, verb, resource, path } = this.#when;
    return (
      scene.server === server &&
      (method === undefined || method.toUpperCase() === scene.method) &&
      (verb === undefined || verb === scene.verb) &&
      (resource === undefined || resource === scene.resource) &&
      (path === undefined || path.test(scene.target))
    );
  }

  strikes(scene?: Scene): boolean {
    if (this.signal.aborted) return false;
    const { after, count, share } = this.#when;
    const met = this.#met++;
    if (after !== undefined && this.#isEarly(after, met)) return false;
    if (count !== undefined && this.#hits >= count) return false;
    if (share < 1 && this.#random() >= share) return false;
    this.#hits++;
    scene?.took.add(this.#text);
    return true;
  }

  #isEarly(after: After, met: number): boolean {
    return "ms" in after ? this.#clock.monotonic() - this.#sinceMs < after.ms : met < after.opportunities;
  }
}
