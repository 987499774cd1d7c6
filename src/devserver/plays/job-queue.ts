// Jobs that wait for a driver, each once, in the order in which they came: the store's changes in, one job at a time out.

import { isUnclaimed } from "../api/repository-jobs.ts";
import type { Store } from "../state/store.ts";

export interface JobKey {
  namespace: string;
  name: string;
}

export class JobQueue {
  readonly #waiting = new Map<string, JobKey>();
  readonly #drivers: (() => void)[] = [];

  /** Fills itself with what is unclaimed now and what becomes so, until the signal. */
  constructor(store: Store, signal: AbortSignal) {
    for (const entry of store.entries("jobs")) if (isUnclaimed(entry)) this.#add(entry.key, entry);
    const stop = store.onChange(({ resource, type, entry }) => {
      if (resource === "jobs" && type !== "DELETED" && isUnclaimed(entry)) this.#add(entry.key, entry);
    });
    signal.addEventListener("abort", stop, { once: true });
  }

  /** The next job, as soon as there is one; whether it is still there and unclaimed is for the taker to see. */
  async next(): Promise<JobKey> {
    for (;;) {
      for (const [key, job] of this.#waiting) {
        this.#waiting.delete(key);
        return job;
      }
      await new Promise<void>((resolve) => this.#drivers.push(resolve));
    }
  }

  #add(key: string, { namespace, name }: JobKey): void {
    this.#waiting.set(key, { namespace, name });
    // Woken as a promise, not from within the store's telling: every listener sees the job before its claim.
    this.#drivers.shift()?.();
  }
}
