// What the server is known to hold: key, uid and version of each object, nothing more. Tells which objects are new and
// which are gone. Lists and stream write to it side by side; an absence counts only where neither can be mistaken.

import type { KubeObject, ObjectKey } from "./types.ts";

/** An object that is not in the index any more. */
export interface Gone {
  key: ObjectKey;
  uid: string;
}

interface Entry {
  uid: string;
  version: string;
  /** The stream has told of this version. */
  told: boolean;
  /** Number of the last list that showed it. */
  listed: number;
  /** Number of the list during which the stream last spoke of it; 0 = outside any. */
  touched: number;
  /** Complete lists in a row that did not show it. */
  missed: number;
}

/** How one list of many pages compares with what the stream had told. */
export interface ListResult {
  /** `shown`: number of the last list that showed it, 0 if none did. */
  gone: (Gone & { shown: number })[];
  /** Objects that would be gone, but are too many at once to be believed without one list more. */
  held: number;
}

/** A list that would take away more objects than this, and more than half of all, is asked to repeat itself. */
const MASS_ABSENCE = 20;
const ABSENCES_BELIEVED = 2;

export class ObjectIndex {
  #entries = new Map<ObjectKey, Entry>();
  /** Uids that the stream removed while a list runs: a later page may still show them. */
  #removed = new Set<string>();
  #list = 0;
  #listing = false;
  #massHeld = false;

  get size(): number {
    return this.#entries.size;
  }

  /** Lists that have begun so far: the number of the last one. */
  get lists(): number {
    return this.#list;
  }

  /** The uid known under this key. */
  uidOf(key: ObjectKey): string | undefined {
    return this.#entries.get(key)?.uid;
  }

  /**
   * The stream says that the object exists. `replaced`: another object had its key, and its end was missed.
   * `past`: a list has already shown its successor, which the stream has not come to. `told`: the version that the stream
   * had told before, if that was the last that was known.
   */
  apply(object: KubeObject): { change: "new" | "changed" | "same" | "past"; replaced?: Gone; told?: string } {
    const { key, uid, version } = identify(object);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.uid !== uid && isOlder(version, entry.version)) {
      this.#note(uid);
      return { change: "past" };
    }
    const touched = this.#listing ? this.#list : 0;
    if (entry === undefined || entry.uid !== uid) {
      if (entry === undefined && this.#removed.has(uid)) this.#removed.delete(uid);
      if (entry !== undefined) this.#note(entry.uid);
      this.#entries.set(key, { uid, version, told: true, listed: 0, touched, missed: 0 });
      return entry === undefined ? { change: "new" } : { change: "new", replaced: { key, uid: entry.uid } };
    }
    const told = entry.told ? { told: entry.version } : {};
    entry.touched = touched;
    entry.missed = 0;
    // Old news: late, if a list has shown the newer version, or out of order.
    if (isOlder(version, entry.version)) return { change: "same", ...told };
    const change = entry.version === version ? "same" : "changed";
    entry.version = version;
    entry.told = true;
    return { change, ...told };
  }

  /** The stream says that the object is gone. False if it was not known; another uid under its key stays. */
  remove(object: KubeObject): boolean {
    const { key, uid } = identify(object);
    this.#note(uid);
    if (this.#entries.get(key)?.uid !== uid) return false;
    return this.#entries.delete(key);
  }

  /** A list begins. Until it ends, what the stream touches is exempt from its conclusions. */
  beginList(): void {
    this.#list++;
    this.#listing = true;
    this.#removed.clear();
  }

  /**
   * An object on a page of the running list. `stale`: the stream has told of its end meanwhile. Of what did not change,
   * `odd`: an earlier page had it (twice), or the list before had not (lacked).
   */
  list(object: KubeObject): { change: "new" | "changed" | "same" | "stale"; replaced?: Gone; odd?: "twice" | "lacked" } {
    const { key, uid, version } = identify(object);
    if (this.#removed.has(uid)) return { change: "stale" };
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.uid !== uid && entry.touched === this.#list) return { change: "stale" };
    if (entry === undefined || entry.uid !== uid) {
      this.#entries.set(key, { uid, version, told: false, listed: this.#list, touched: 0, missed: 0 });
      return entry === undefined ? { change: "new" } : { change: "new", replaced: { key, uid: entry.uid } };
    }
    const odd = entry.listed === this.#list ? "twice" : entry.missed > 0 ? "lacked" : undefined;
    entry.listed = this.#list;
    entry.missed = 0;
    if (entry.version === version) return odd === undefined ? { change: "same" } : { change: "same", odd };
    // A page may be older than what the stream said while the list ran.
    if (entry.touched === this.#list) return { change: "same" };
    entry.version = version;
    entry.told = false;
    return { change: "changed" };
  }

  /** The list broke off: its pages were true, their gaps mean nothing. */
  dropList(): void {
    this.#listing = false;
    this.#removed.clear();
  }

  /**
   * The list came to its end. `trusted`: no stream was lost meanwhile, so that absence may count.
   * Gone is what two trusted lists in a row did not show: an object that was modified between two pages may miss one.
   */
  endList(trusted: boolean): ListResult {
    this.#listing = false;
    this.#removed.clear();
    if (!trusted) return { gone: [], held: 0 };
    const gone: ListResult["gone"] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.listed === this.#list || entry.touched === this.#list) continue;
      entry.missed++;
      if (entry.missed >= ABSENCES_BELIEVED) gone.push({ key, uid: entry.uid, shown: entry.listed });
    }
    if (gone.length > MASS_ABSENCE && gone.length * 2 > this.#entries.size && !this.#massHeld) {
      this.#massHeld = true;
      return { gone: [], held: gone.length };
    }
    this.#massHeld = false;
    for (const { key } of gone) this.#entries.delete(key);
    return { gone, held: 0 };
  }

  #note(uid: string): void {
    if (this.#listing) this.#removed.add(uid);
  }
}

/** Key, uid and version of an object; see `isIdentified`. */
export function identify(object: KubeObject): { key: ObjectKey; uid: string; version: string } {
  const { namespace = "", name = "", uid = "", resourceVersion = "" } = object.metadata ?? {};
  return { key: `${namespace}/${name}`, uid, version: resourceVersion };
}

/** Versions of one resource are decimal numbers of any length; what is none compares with nothing. */
export function isOlder(version: string, other: string): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(other)) return false;
  return version.length === other.length ? version < other : version.length < other.length;
}

/** Without a name or uid an object cannot be followed. */
export function isIdentified(object: KubeObject): boolean {
  return typeof object.metadata?.uid === "string" && object.metadata.uid !== "" && typeof object.metadata.name === "string";
}
