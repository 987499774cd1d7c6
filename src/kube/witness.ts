// What the stream tells, held against itself and against what lists show: told twice, out of order, or not at all. Judges
// and remembers no more than that takes; changes nothing.
//
// A stream and those that resume it are one chain, which must tell of every change since its anchor. A change of that time
// which a list shows untold is owed: told soon, it was late; not told in time, it is lost.

import { isOlder } from "./object-index.ts";

export type Oddity =
  /** The event had been told before: same object, same version. */
  | "doubled"
  /** A change that a list has shown was never told. */
  | "lost"
  /** The event is older than what had been told of its object. */
  | "object-back"
  /** The event is older than the chain's anchor, or than what had been told of another object. */
  | "stream-back"
  /** The list is older than a list before it, or than what the stream had told when it began. */
  | "list-back"
  /** One list showed an object twice, or lacked one that lists before and after it show unchanged: its pages do not join. */
  | "list-twice"
  | "list-lacked";

/** How long a stream may lag behind a list that found something new. */
export const LAG_MS = 10_000;

export class Witness {
  /** When the chain's anchor was read; nothing older is owed. */
  #since = Number.POSITIVE_INFINITY;
  /** How many lists had begun by then. */
  #lists = Number.POSITIVE_INFINITY;
  /** The newest version of the chain, its anchor included. */
  #newest = "";
  /** The last event of the chain. */
  #last: { version: string; gone: boolean } | undefined;
  /** What lists that begin now must not be older than. */
  #floor = "";
  /** By uid: the version that a list showed, undefined where it showed the object no more; and when. */
  #owed = new Map<string, { version: string | undefined; at: number }>();

  /** A new chain begins at `version`, known at `at`, behind so many `lists`. What the old one owed will never be told. */
  anchored(version: string, at: number, lists: number): void {
    this.#since = at;
    this.#lists = lists;
    this.#newest = version;
    this.#last = undefined;
    this.#owed.clear();
  }

  /** An event. `told`: the version that the stream had last told of this object, undefined if none. */
  heard(type: "ADDED" | "MODIFIED" | "DELETED", { uid, version }: { uid: string; version: string }, told: string | undefined): Oddity[] {
    const gone = type === "DELETED";
    const debt = this.#owed.get(uid);
    if (debt !== undefined && (debt.version === version || debt.version === undefined)) this.#owed.delete(uid);
    if (version === "") return [];
    // A deletion may carry the version of the object's last change.
    const again = (version === told && !gone) || (version === this.#last?.version && gone === this.#last.gone);
    this.#last = { version, gone };
    if (again) return ["doubled"];
    if (told !== undefined && isOlder(version, told)) return ["object-back"];
    return this.#advance(version) ? [] : ["stream-back"];
  }

  bookmark(version: string): Oddity[] {
    return version === "" || this.#advance(version) ? [] : ["stream-back"];
  }

  listBegan(): void {
    this.#floor = newer(this.#floor, this.#newest);
  }

  /** The first page of a list. */
  listed(version: string): Oddity[] {
    if (isOlder(version, this.#floor)) return ["list-back"];
    this.#floor = newer(this.#floor, version);
    return [];
  }

  /** A list shows a change that was not there when the list before it began, at `knownAt`. */
  found(uid: string, version: string, knownAt: number, at: number): void {
    if (this.#since < knownAt) this.#owe(uid, version, at);
  }

  /** Lists show the object no more; the last one that did had the number `shown`. */
  missed(uid: string, shown: number, at: number): void {
    if (shown > this.#lists) this.#owe(uid, undefined, at);
  }

  /** How many changes the stream, open since `openedAt`, should have told by now; each once. */
  overdue(openedAt: number, at: number): number {
    let count = 0;
    for (const [uid, debt] of this.#owed) {
      if (Math.max(debt.at, openedAt) + LAG_MS > at) continue;
      this.#owed.delete(uid);
      count++;
    }
    return count;
  }

  #owe(uid: string, version: string | undefined, at: number): void {
    this.#owed.set(uid, { version, at: this.#owed.get(uid)?.at ?? at });
  }

  /** False for a version that is behind. */
  #advance(version: string): boolean {
    if (isOlder(version, this.#newest)) return false;
    this.#newest = version;
    return true;
  }
}

/** The newer of two versions, the second where they cannot be compared. */
function newer(one: string, other: string): string {
  return other === "" || isOlder(other, one) ? one : other;
}
