// What the server is known to hold: uid and version by key, nothing more. Tells which objects are new and
// which are gone. Lists and stream write to it side by side; an absence counts only where neither can be mistaken.

import { type Entry, EntryTable, type Place, placeOf } from "./entry-table.ts";
import type { KubeObject, ObjectKey } from "./types.ts";

/** An object that is not in the index any more. */
export interface Gone {
  uid: string;
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
  readonly #entries = new EntryTable();
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
    return this.#entries.get(placeOf(key))?.uid;
  }

  /**
   * The stream says that the object exists. `replaced`: another object had its key, and its end was missed.
   * `past`: a list has already shown its successor, which the stream has not come to. `told`: the version that the stream
   * had told before, if that was the last that was known.
   */
  apply(object: KubeObject): { change: "new" | "changed" | "same" | "past"; replaced?: Gone; told?: string } {
    const { key, uid, version } = identify(object);
    const place = placeOf(key);
    const entry = this.#entries.get(place);
    if (entry !== undefined && entry.uid !== uid && isOlder(version, entry.version)) {
      this.#note(uid);
      return { change: "past" };
    }
    const touched = this.#listing ? this.#list : 0;
    if (entry === undefined || entry.uid !== uid) {
      if (entry === undefined) this.#removed.delete(uid);
      else this.#note(entry.uid);
      this.#entries.put(place, { uid, version, told: true, listed: 0, touched, missed: 0 });
      return entry === undefined ? { change: "new" } : { change: "new", replaced: { uid: entry.uid } };
    }
    const told = entry.told ? { told: entry.version } : {};
    // Old news: late, if a list has shown the newer version, or out of order.
    const news = isOlder(version, entry.version) ? {} : { version, told: true };
    this.#entries.put(place, { ...entry, ...news, touched, missed: 0 });
    return { change: (news.version ?? entry.version) === entry.version ? "same" : "changed", ...told };
  }

  /** The stream says that the object is gone. False if it was not known; another uid under its key stays. */
  remove(object: KubeObject): boolean {
    const { key, uid } = identify(object);
    this.#note(uid);
    const place = placeOf(key);
    return this.#entries.get(place)?.uid === uid && this.#entries.delete(place);
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
    const place = placeOf(key);
    const entry = this.#entries.get(place);
    const listed = this.#list;
    if (entry !== undefined && entry.uid !== uid && entry.touched === listed) return { change: "stale" };
    if (entry === undefined || entry.uid !== uid) {
      this.#entries.put(place, { uid, version, told: false, listed, touched: 0, missed: 0 });
      return entry === undefined ? { change: "new" } : { change: "new", replaced: { uid: entry.uid } };
    }
    const odd = entry.listed === listed ? "twice" : entry.missed > 0 ? "lacked" : undefined;
    // A page may be older than what the stream said while the list ran.
    const changed = entry.version !== version && entry.touched !== listed;
    this.#entries.put(place, { ...entry, ...(changed ? { version, told: false } : {}), listed, missed: 0 });
    if (changed) return { change: "changed" };
    return odd === undefined || entry.version !== version ? { change: "same" } : { change: "same", odd };
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
    const gone: (Entry & { place: Place })[] = [];
    for (const [place, entry] of this.#entries.unseen(this.#list)) {
      const missed = Math.min(entry.missed + 1, ABSENCES_BELIEVED);
      this.#entries.put(place, { ...entry, missed });
      if (missed === ABSENCES_BELIEVED) gone.push({ ...entry, place });
    }
    if (gone.length > MASS_ABSENCE && gone.length * 2 > this.#entries.size && !this.#massHeld) {
      this.#massHeld = true;
      return { gone: [], held: gone.length };
    }
    this.#massHeld = false;
    for (const { place } of gone) this.#entries.delete(place);
    return { gone: gone.map(({ uid, listed }) => ({ uid, shown: listed })), held: 0 };
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
