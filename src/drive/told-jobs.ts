// Jobs as the watch and lists have told of them, while they wait: a claim is a compare-and-swap, so an object that is
// outdated by then costs no more than the read that it spares otherwise. Holds few; of the others there is the key alone.

import type { Job } from "../provisioning.ts";
import type { Read } from "./claim.ts";
import type { JobView } from "./job-view.ts";

/** Weight of all that is held. */
const ROOM = 4 * 1024 * 1024;

export class ToldJobs {
  readonly #held = new Map<string, { read: Read; weight: number }>();
  #weight = 0;

  /** In place of what was told of this key before. */
  tell(key: string, job: Job, view: JobView): void {
    this.forget(key);
    // Items of a list may lack what a PUT has to have.
    if (job.kind === undefined || job.apiVersion === undefined) return;
    const weight = weightOf(job);
    if (this.#weight + weight > ROOM) return;
    this.#held.set(key, { read: { job, view }, weight });
    this.#weight += weight;
  }

  forget(key: string): void {
    this.#weight -= this.#held.get(key)?.weight ?? 0;
    this.#held.delete(key);
  }

  /** What was told last, for the caller alone. */
  take(key: string): Read | undefined {
    const read = this.#held.get(key)?.read;
    this.forget(key);
    return read;
  }
}

/** About the bytes that a value of JSON takes; infinite if it cannot go back as it came, with a number too large for one here. */
function weightOf(value: unknown): number {
  if (typeof value === "string") return 16 + 2 * value.length;
  if (typeof value === "number") return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? 8 : Number.POSITIVE_INFINITY;
  if (typeof value !== "object" || value === null) return 8;
  let weight = 32;
  for (const [key, part] of Object.entries(value)) weight += 2 * key.length + weightOf(part);
  return weight;
}
