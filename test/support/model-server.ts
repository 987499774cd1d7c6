// A server of Jobs and HistoricJobs as small as can be, with the vices of Grafana's: a ring of events that forgets in
// silence, lists cut anywhere, late pages, writes that no watch shows. Time is what the test says it is.

import type { KubeObject, ListPage, WatchEvent } from "../../src/kube/types.ts";
import type { HistoricJob } from "../../src/provisioning.ts";
import { job, page, record } from "./objects.ts";

export interface Era {
  /** Events that a resume can go back to. */
  ring: number;
  /** Whether a resume from before the ring is refused with 410, or silently begins later. */
  checked: boolean;
  /** Whether a job that changes while a list runs is missing from the rest of it. */
  drops: boolean;
  /** Repeats no event and shows every write. */
  honest?: boolean;
}

interface Live {
  name: string;
  uid: string;
  version: bigint;
  createdMs: number;
}

interface Logged {
  version: bigint;
  atMs: number;
  event: WatchEvent;
}

interface Snapshot {
  items: Live[];
  from: number;
  page: number;
}

/** Larger than a double can hold, as the key-value backend's. */
const FIRST_VERSION = 1_897_654_321_098_765_000n;

export class ModelServer {
  readonly jobs = new Map<string, Live>();
  readonly records: HistoricJob[] = [];
  /** Every job that ever lived. */
  readonly born = new Set<string>();
  /** Every version that was handed out. */
  readonly sent = new Set<string>();
  readonly #era: Era;
  readonly #nowMs: () => number;
  #version = FIRST_VERSION;
  #ring: Logged[] = [];
  #snapshots = new Map<string, Snapshot>();
  #tokens = 0;
  /** Events for the open stream that were not read yet; undefined without a stream. */
  #queue: WatchEvent[] | undefined;
  /** The stream is open and nothing comes through. */
  stuck = false;

  constructor(era: Era, nowMs: () => number) {
    this.#era = era;
    this.#nowMs = nowMs;
  }

  get streaming(): boolean {
    return this.#queue !== undefined;
  }

  /** Not all that happened has been read from the stream. */
  get behind(): boolean {
    return this.stuck || this.#queue === undefined || this.#queue.length > 0;
  }

  get version(): string {
    return this.#say(this.#version);
  }

  /** False if the name is taken. `quietly`: as a batch import, which no watch shows. */
  create(name: string, quietly = false): boolean {
    if (this.jobs.has(name)) return false;
    const live = { name, uid: `uid-${this.born.size}`, version: this.#next(), createdMs: this.#nowMs() };
    this.born.add(live.uid);
    this.jobs.set(name, live);
    if (!quietly || this.#era.honest) this.#log("ADDED", live);
    return true;
  }

  modify(name: string): void {
    const live = this.jobs.get(name);
    if (live === undefined) return;
    live.version = this.#next();
    this.#log("MODIFIED", live);
  }

  /** `how`: as a driver ends a job, as the reaper does (the record comes later), or without any record. */
  end(name: string, how: "recorded" | "later" | "unrecorded"): (() => void) | undefined {
    const live = this.jobs.get(name);
    if (live === undefined) return undefined;
    const write = () => void this.records.push(record(live.name, live.uid, this.#nowMs()));
    if (how === "recorded") write();
    this.jobs.delete(name);
    live.version = this.#next();
    this.#log("DELETED", live);
    return how === "later" ? write : undefined;
  }

  /** Opens a stream after `version`; false for 410. `repeats`: how many events of the last minute before it come again. */
  open(version: string, repeats: number): boolean {
    const from = BigInt(version);
    const oldest = this.#ring[0]?.version ?? this.#version + 1n;
    if (this.#era.checked && from + 1n < oldest && from !== this.#version) return false;
    if (this.#era.honest) repeats = 0;
    const recent = this.#ring.filter((logged) => logged.version <= from && logged.atMs > this.#nowMs() - 60_000).slice(-repeats);
    this.#queue = [...(repeats > 0 ? recent : []), ...this.#ring.filter((logged) => logged.version > from)].map((logged) => structuredClone(logged.event));
    this.stuck = false;
    return true;
  }

  /** The next events of the stream. */
  read(count: number): WatchEvent[] {
    if (this.stuck || this.#queue === undefined) return [];
    const events = this.#queue.splice(0, count);
    for (const event of events) if (event.type !== "UNKNOWN" && event.type !== "ERROR") this.sent.add(event.object.metadata?.resourceVersion ?? "");
    return events;
  }

  /** A bookmark, if all before it was read. */
  bookmark(): WatchEvent[] {
    if (this.stuck || this.#queue === undefined || this.#queue.length > 0) return [];
    return [{ type: "BOOKMARK", object: { metadata: { resourceVersion: this.version } } }];
  }

  /** Ends the stream; what was not read is lost. */
  cut(): void {
    this.#queue = undefined;
    this.stuck = false;
  }

  /** Loses the ring, the stream and all continue tokens. */
  restart(): void {
    this.cut();
    this.#ring = [];
    this.#snapshots.clear();
  }

  /** A page of `size`; undefined for a token that has expired. */
  list(token: string | undefined, size: number): ListPage | undefined {
    const snapshot = token === undefined ? this.#snapshot() : this.#snapshots.get(token);
    if (token !== undefined) this.#snapshots.delete(token);
    if (snapshot === undefined) return undefined;
    const rest = snapshot.items.slice(snapshot.from);
    const items = rest.slice(0, size).filter((item) => snapshot.page === 0 || !this.#era.drops || this.#unchanged(item)).map(objectOf);
    if (size >= rest.length) return page(items, { version: this.version });
    const next = `t${++this.#tokens}`;
    this.#snapshots.set(next, { items: snapshot.items, from: snapshot.from + size, page: snapshot.page + 1 });
    return page(items, { version: this.version, continue: next });
  }

  #snapshot(): Snapshot {
    const items = [...this.jobs.values()].map((live) => ({ ...live })).sort((a, b) => (a.name < b.name ? -1 : 1));
    return { items, from: 0, page: 0 };
  }

  /** Of a job that changed, only the newest version is kept; of one that ended, the snapshot's still is. */
  #unchanged(item: Live): boolean {
    const now = this.jobs.get(item.name);
    return now === undefined || now.uid !== item.uid || now.version === item.version;
  }

  #log(type: "ADDED" | "MODIFIED" | "DELETED", live: Live): void {
    const event: WatchEvent = { type, object: objectOf(live) };
    this.#ring.push({ version: live.version, atMs: this.#nowMs(), event });
    this.#ring.splice(0, this.#ring.length - this.#era.ring);
    if (!this.stuck) this.#queue?.push(structuredClone(event));
  }

  #next(): bigint {
    return (this.#version += 1n + (this.#version % 3n));
  }

  #say(version: bigint): string {
    this.sent.add(String(version));
    return String(version);
  }
}

function objectOf(live: Live): KubeObject {
  return job(live.name, live.uid, String(live.version), { createdMs: live.createdMs });
}
