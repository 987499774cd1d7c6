// What the stream tells, held against itself and against what lists show: told twice, out of order, or not at all. Judges
// and remembers no more than that takes; changes nothing.
//
// A stream and those that resume it are one chain, which must tell of every change since its anchor. What a list finds of
// such changes is owed: told soon, it was late; passed over, or not told in time, it is lost.

import { isOlder } from "./object-index.ts";

export type Oddity =
  /** The event had been told before: same object, same version. */
  | "doubled"
  /** A change that a list has shown was never told. */
  | "lost"
  /** The event is older than what had been told of its object. */
  | "object-back"
  /** The event is older than the one before it, which was of another object. */
  | "stream-back"
  /** The list is older than the list before. */
  | "list-back"
  /** One list showed an object twice: its pages do not follow each other. */
  | "listed-twice";

/** How long a stream may lag behind a list that found something new. */
export const LAG_MS = 10_000;

export class Witness {
  /** When the chain's first version was read; nothing older is owed. */
  #since = Number.POSITIVE_INFINITY;
  /** The last event or bookmark of the chain. */
  #last: { version: string; type: string } | undefined;
  #listVersion = "";
  /** By uid: the version that a list showed, undefined where it showed the object no more; and when. */
  #owed = new Map<string, { version: string | undefined; at: number }>();

  /** A new chain begins; what the old one owed will never be told. `at`: when the version to begin at was known. */
  anchored(at: number): void {
    this.#since = at;
    this.#last = undefined;
    this.#owed.clear();
  }

  /** An event. `told`: the version that the stream had last told of this object, undefined if none. */
  heard(type: "ADDED" | "MODIFIED" | "DELETED", { uid, version }: { uid: string; version: string }, told: string | undefined): Oddity[] {
    const gone = type === "DELETED";
    const odd: Oddity[] = [];
    // A deletion may carry the version of the object's last change.
    const again = (version === told && !gone) || (version === this.#last?.version && gone === (this.#last.type === "DELETED"));
    if (version !== "" && again) odd.push("doubled");
    else if (told !== undefined && isOlder(version, told)) odd.push("object-back");
    else if (isOlder(version, this.#last?.version ?? "")) odd.push("stream-back");
    if (version !== "") this.#last = { version, type };
    if (this.#passedOver(uid, version, gone)) odd.push("lost");
    return odd;
  }

  bookmark(version: string): Oddity[] {
    const back = isOlder(version, this.#last?.version ?? "");
    if (version !== "") this.#last = { version, type: "BOOKMARK" };
    return back ? ["stream-back"] : [];
  }

  /** The first page of a list. */
  listed(version: string): Oddity[] {
    const back = isOlder(version, this.#listVersion);
    this.#listVersion = version;
    return back ? ["list-back"] : [];
  }

  /** A list shows a change (undefined: the object is gone) that was not there when a list began at `knownAt`. */
  found(uid: string, version: string | undefined, knownAt: number, at: number): void {
    if (this.#since < knownAt) this.#owed.set(uid, { version, at: this.#owed.get(uid)?.at ?? at });
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

  /** Settles what is owed of this object; true if the event comes after it. */
  #passedOver(uid: string, version: string, gone: boolean): boolean {
    const debt = this.#owed.get(uid);
    if (debt === undefined) return false;
    const passed = debt.version !== undefined && (gone || isOlder(debt.version, version));
    if (passed || debt.version === undefined || debt.version === version) this.#owed.delete(uid);
    return passed;
  }
}
