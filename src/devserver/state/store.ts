// Objects by resource, namespace and name, as a log of changes: every write gets the next version and tells the
// listeners. Checks preconditions; knows no HTTP, no admission and no rights.

import { randomUUID } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { ResourceName } from "../resources.ts";
import { alreadyExists, conflict, notFound } from "../wire/status.ts";
import { Entry, keyOf } from "./entry.ts";
import { type Metadata, type Resourced, type Stored, timestamp } from "./object.ts";
import { Table } from "./table.ts";
import { firstVersion, formatVersion, isVersion, nextVersion, type VersionFormat } from "./versions.ts";

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  version: number;
  resource: ResourceName;
  /** For DELETED the last state, under the deletion's version. */
  entry: Entry;
  /** The state before. */
  previous: Entry | undefined;
}

export interface Preconditions {
  uid?: string;
  resourceVersion?: string;
}

/** How a write differs from a plain one. */
interface WriteRules {
  /** The entry is made and nothing is kept: it has the version of what is there, or none. */
  dryRun?: boolean;
}

interface UpdateRules extends WriteRules {
  /** metadata.generation; by default it counts changes of the spec. */
  generation?: number;
}

interface DeleteRules extends WriteRules {
  /** Those that the object gets before it may go; by default those that it has. */
  finalizers?: readonly string[];
}

/** Read at the time of use. */
interface StoreRules {
  readonly versions: VersionFormat;
}

export class Store {
  readonly #clock: Pick<Clock, "now">;
  readonly #tables: Record<ResourceName, Table> = { jobs: new Table(), historicjobs: new Table(), repositories: new Table() };
  readonly #listeners = new Set<(change: Change) => void>();
  #loses: (change: Change) => boolean = () => false;
  readonly #rules: StoreRules;
  #version: number;

  constructor(clock: Pick<Clock, "now">, rules: StoreRules = { versions: "microseconds" }) {
    this.#clock = clock;
    this.#rules = rules;
    this.#version = firstVersion(rules.versions, clock.now());
  }

  /** The version of the last write, strictly rising. */
  get version(): number {
    return this.#version;
  }

  /** The resourceVersion that clients see. */
  versionText(version: number = this.#version): string {
    return formatVersion(this.#rules.versions, version);
  }

  /** Called after each write, in order. Returns what ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Additions and changes that match are acknowledged and forgotten: neither kept nor told. */
  lose(match: (change: Change) => boolean): void {
    this.#loses = match;
  }

  get(resource: ResourceName, namespace: string, name: string): Entry | undefined {
    return this.#tables[resource].get(keyOf(namespace, name));
  }

  has(resource: ResourceName, key: string): boolean {
    return this.#tables[resource].get(key) !== undefined;
  }

  /** How many entries there are in one namespace or all, from the key `start` on. */
  count(resource: ResourceName, namespace?: string, start = ""): number {
    return this.#tables[resource].count(prefixOf(namespace), start);
  }

  /** Entries in the order of their keys, from the key `start` on, of one namespace or all. Not to be held across a write. */
  entries(resource: ResourceName, namespace?: string, start = ""): Generator<Entry> {
    return this.#tables[resource].from(prefixOf(namespace), start);
  }

  /** Adds an object. uid and creationTimestamp (also null) are taken over when given, else made. */
  create(resource: ResourceName, draft: Resourced, { dryRun = false }: WriteRules = {}): Entry {
    const { name = "", namespace = "", resourceVersion: _, ...given } = draft.metadata ?? {};
    if (this.get(resource, namespace, name) !== undefined) throw alreadyExists(resource, name);
    const metadata = {
      uid: randomUUID(),
      generation: 1,
      creationTimestamp: timestamp(this.#clock.now()),
      ...given,
    };
    const next = { ...draft, metadata: { ...metadata, name, namespace } };
    return dryRun ? unwritten(next) : this.#write("ADDED", resource, next);
  }

  /**
   * Replaces an object. With a resourceVersion or uid in its metadata these must be the stored ones; without a
   * resourceVersion it overwrites, or creates what is missing.
   * @throws Refusal 409
   */
  update(resource: ResourceName, draft: Resourced, { dryRun = false, generation: counted }: UpdateRules = {}): Entry {
    const { name = "", namespace = "", uid, resourceVersion = "", ...given } = draft.metadata ?? {};
    const current = this.get(resource, namespace, name);
    if (current === undefined) {
      if (resourceVersion === "") return this.create(resource, draft);
      throw conflict(resource, name, "the object does not exist any more");
    }
    this.#check(resource, current, { uid, resourceVersion });
    const before = current.object;
    const specChanged = JSON.stringify(before.spec) !== JSON.stringify(draft.spec);
    const { creationTimestamp, deletionTimestamp, generation = 1 } = before.metadata;
    const metadata = {
      ...given,
      uid: current.uid,
      generation: counted ?? (specChanged ? generation + 1 : generation),
      creationTimestamp,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    };
    const next = { ...draft, metadata: { ...metadata, name, namespace } };
    if (dryRun) return unwritten(next, current);
    if (deletionTimestamp !== undefined && (given.finalizers ?? []).length === 0) return this.#remove(resource, current, next);
    return this.#write("MODIFIED", resource, next, current);
  }

  /**
   * Removes an object; one with finalizers is marked instead and goes with its last finalizer.
   * @throws Refusal 404, 409
   */
  delete(resource: ResourceName, namespace: string, name: string, preconditions: Preconditions = {}, rules: DeleteRules = {}): Entry {
    const current = this.get(resource, namespace, name);
    if (current === undefined) throw notFound(resource, name);
    this.#check(resource, current, preconditions);
    const object = current.object;
    const { finalizers: held = [], deletionTimestamp, generation = 1 } = object.metadata;
    const { finalizers = held, dryRun = false } = rules;
    if (finalizers.length === 0) return dryRun ? current : this.#remove(resource, current, object);
    const marked = deletionTimestamp !== undefined;
    if (marked && String(finalizers) === String(held)) return current;
    const metadata = {
      ...object.metadata,
      generation: marked ? generation : generation + 1,
      deletionTimestamp: deletionTimestamp ?? timestamp(this.#clock.now()),
      deletionGracePeriodSeconds: 0,
      finalizers: [...finalizers],
    };
    return dryRun ? unwritten({ ...object, metadata }, current) : this.#write("MODIFIED", resource, { ...object, metadata }, current);
  }

  #remove(resource: ResourceName, current: Entry, last: Unversioned): Entry {
    const version = this.#advance();
    const entry = new Entry(versioned(last, this.versionText()), version);
    this.#tables[resource].remove(current.key);
    this.#tell({ type: "DELETED", version, resource, entry, previous: current });
    return entry;
  }

  #write(type: "ADDED" | "MODIFIED", resource: ResourceName, object: Unversioned, previous?: Entry): Entry {
    const version = this.#advance();
    const entry = new Entry(versioned(object, this.versionText()), version);
    const change = { type, version, resource, entry, previous };
    if (this.#loses(change)) return entry;
    this.#tables[resource].set(entry);
    this.#tell(change);
    return entry;
  }

  #advance(): number {
    this.#version = nextVersion(this.#rules.versions, this.#version, this.#clock.now());
    return this.#version;
  }

  #check(resource: ResourceName, current: Entry, { uid = "", resourceVersion = "" }: Preconditions): void {
    if (uid !== "" && uid !== current.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.uid}`;
      throw conflict(resource, current.name, why);
    }
    if (resourceVersion !== "" && !isVersion(resourceVersion, current.version)) {
      throw conflict(resource, current.name, "requested RV does not match current RV");
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

type Unversioned = Resourced & { metadata: Metadata & { name: string; namespace: string; uid: string } };

function versioned(object: Unversioned, resourceVersion: string): Stored {
  const { name, namespace, uid, resourceVersion: _, ...rest } = object.metadata;
  return { ...object, metadata: { name, namespace, uid, resourceVersion, ...rest } };
}

/** What would be written, as far as it is known without a version. */
function unwritten(object: Unversioned, current?: Entry): Entry {
  const entry = new Entry(object as Stored, 0);
  return current === undefined ? entry : entry.at(current);
}

function prefixOf(namespace: string | undefined): string {
  return namespace === undefined ? "" : `${namespace}/`;
}
