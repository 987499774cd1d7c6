// HistoricJobs in memory behind the two calls that a sweep makes, on a manual clock: a server clock of its own,
// latency, pages by key, faults by hook. Records what was asked and how old each object truly was when it went.

import { ApiError } from "../../src/base/errors.ts";
import type { Collection, ListPage } from "../../src/kube/types.ts";
import type { DeleteTarget } from "../../src/kube/api-objects.ts";
import type { ListQuery } from "../../src/kube/api.ts";
import type { HistoricJob } from "../../src/provisioning.ts";
import type { ManualClock } from "./manual-clock.ts";

export interface FakeHistoryOptions {
  /** Server clock minus our wall clock at the start, ms. */
  skewMs?: number;
  listMs?: number;
  deleteMs?: number;
  /** Cuts pages shorter than asked. */
  pageSize?: number;
}

interface Stored {
  object: HistoricJob;
  /** Monotonic time of its creation: the truth, whatever the clocks show. */
  bornMs: number;
  /** Server time of its creation, not cut to seconds. */
  createdMs: number;
}

export interface Deletion {
  name: string;
  atMs: number;
  trueAgeMs: number;
  serverAgeMs: number;
}

export class FakeHistory {
  readonly clock: ManualClock;
  readonly options: FakeHistoryOptions;
  readonly stored = new Map<string, Stored>();
  readonly deletions: Deletion[] = [];
  /** Every call in order: `list` with its token, `delete` with its name; `-delete` once it was answered. */
  readonly calls: string[] = [];
  readonly limits: number[] = [];
  underWay = 0;
  peak = 0;
  sendsDate = true;
  /** An error to answer with; called before anything else is done. */
  onList: (collection: Collection, query: ListQuery, call: number) => Error | undefined = () => undefined;
  onDelete: (target: DeleteTarget, call: number) => Error | undefined = () => undefined;
  #serverOffset: number;
  #lists = 0;
  #deletes = 0;

  constructor(clock: ManualClock, options: FakeHistoryOptions = {}) {
    this.clock = clock;
    this.options = options;
    this.#serverOffset = clock.now() + (options.skewMs ?? 0) - clock.monotonic();
  }

  /** Server time, ms. */
  now(): number {
    return this.clock.monotonic() + this.#serverOffset;
  }

  /** Sets the server's clock forward or back. */
  jump(ms: number): void {
    this.#serverOffset += ms;
  }

  /** Adds an object that was created `agoMs` before now. */
  add(name: string, agoMs: number, namespace = "default"): void {
    const createdMs = this.now() - agoMs;
    const creationTimestamp = new Date(Math.floor(createdMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
    this.put(name, { metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp }, spec: { action: "pull" } }, agoMs);
  }

  /** Stores an object as it is. */
  put(name: string, object: HistoricJob, agoMs = 0): void {
    this.stored.set(name, { object, bornMs: this.clock.monotonic() - agoMs, createdMs: this.now() - agoMs });
  }

  has(name: string): boolean {
    return this.stored.has(name);
  }

  async listPage<T>(collection: Collection, query: ListQuery, signal: AbortSignal): Promise<ListPage & { items: T[] }> {
    const call = this.#lists++;
    this.calls.push(`list ${query.continue ?? ""}`.trim());
    this.limits.push(query.limit);
    await this.clock.sleep(this.options.listMs ?? 0, signal);
    signal.throwIfAborted();
    const refused = this.onList(collection, query, call);
    if (refused !== undefined) throw refused;
    const after = query.continue ?? "";
    const names = [...this.stored.keys()]
      .filter((name) => name > after && inside(this.stored.get(name)?.object, collection.namespace))
      .sort();
    const limit = Math.min(query.limit, this.options.pageSize ?? Number.POSITIVE_INFINITY);
    const cut = names.slice(0, limit);
    return {
      items: cut.map((name) => this.stored.get(name)?.object as T & HistoricJob),
      version: "1",
      continue: names.length > limit ? cut.at(-1) : undefined,
      bytes: cut.length * 600,
      serverTimeMs: this.sendsDate ? Math.floor(this.now() / 1000) * 1000 : undefined,
    };
  }

  async deleteObject(_collection: Collection, target: DeleteTarget, signal: AbortSignal): Promise<void> {
    const call = this.#deletes++;
    this.calls.push(`delete ${target.name}`);
    this.underWay++;
    this.peak = Math.max(this.peak, this.underWay);
    try {
      await this.clock.sleep(this.options.deleteMs ?? 0, signal);
      signal.throwIfAborted();
      const refused = this.onDelete(target, call);
      if (refused !== undefined) throw refused;
      const stored = this.stored.get(target.name);
      if (stored === undefined) throw refusal(404, "NotFound");
      if (stored.object.metadata?.uid !== target.uid) throw refusal(409, "Conflict");
      this.stored.delete(target.name);
      const atMs = this.clock.monotonic();
      this.deletions.push({ name: target.name, atMs, trueAgeMs: atMs - stored.bornMs, serverAgeMs: this.now() - stored.createdMs });
    } finally {
      this.underWay--;
      this.calls.push(`-delete ${target.name}`);
    }
  }
}

function inside(object: HistoricJob | undefined, namespace: string | undefined): boolean {
  return namespace === undefined || object?.metadata?.namespace === namespace;
}

/** An answer that is not success. */
export function refusal(status: number, reason = "", retryAfterMs?: number): ApiError {
  return new ApiError(`Cannot do it: server answered ${status} ${reason}`, { status, reason, retryAfterMs });
}
