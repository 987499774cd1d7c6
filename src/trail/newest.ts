// The newest of many, in bounded memory: takes any number of jobs in any order, holds twice as many as are wanted at most.

import { endedMs, type FinishedJob } from "./finished-job.ts";

export class Newest {
  readonly #limit: number;
  #kept: FinishedJob[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(job: FinishedJob): void {
    this.#kept.push(job);
    if (this.#kept.length >= 2 * this.#limit + 100) this.#cut();
  }

  /** The newest first; where the end is unknown last, and by name where it is the same. */
  get jobs(): readonly FinishedJob[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept = this.#kept.sort(newerFirst).slice(0, this.#limit);
  }
}

function newerFirst(a: FinishedJob, b: FinishedJob): number {
  const order = (endedMs(b) ?? Number.NEGATIVE_INFINITY) - (endedMs(a) ?? Number.NEGATIVE_INFINITY);
  if (order !== 0 && !Number.isNaN(order)) return order;
  return compare(a.namespace, b.namespace) || compare(a.record, b.record);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
