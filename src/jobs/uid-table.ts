// Which uids were announced: 64 bits of hash and a time each, in flat arrays, so that a million cost 12 bytes apiece.
// Two different uids share a hash with odds of one in 10^7 at a million entries.

import { hash64 } from "../base/hash.ts";

const LIVE = 0;
const FREE = 0xffff_ffff;
/** Beside the time: nothing more is asked of this uid. */
const SETTLED = 0x8000_0000;
const TIME = 0x7fff_ffff;
const START = 1024;

export class UidTable {
  #high = new Uint32Array(START);
  #low = new Uint32Array(START);
  /** Per slot: FREE, LIVE, or the second in which the uid departed, plus one; with SETTLED or without. */
  #when = new Uint32Array(START).fill(FREE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(uid: string): boolean {
    return this.#when[this.#slot(...hash64(uid))] !== FREE;
  }

  /** Marks the uid as existing. False if it was known already, departed or not. */
  add(uid: string): boolean {
    const fresh = this.#put(...hash64(uid), LIVE);
    return fresh;
  }

  /** Marks the uid as departed at `second` (any epoch, at least 0); adds it if it was unknown. */
  depart(uid: string, second: number): void {
    this.#put(...hash64(uid), Math.floor(second) + 1);
  }

  /** Leaves this uid out of unsettled(). */
  settle(uid: string): void {
    const slot = this.#slot(...hash64(uid));
    const when = this.#when[slot] ?? FREE;
    if (when !== FREE) this.#when[slot] = (when | SETTLED) >>> 0;
  }

  /** How many uids departed at or before `second` and were not settled; each is counted once. */
  unsettled(second: number): number {
    const limit = Math.floor(second) + 1;
    let count = 0;
    for (let slot = 0; slot < this.#when.length; slot++) {
      const when = this.#when[slot] ?? FREE;
      if (when === LIVE || when > limit) continue;
      this.#when[slot] = (when | SETTLED) >>> 0;
      count++;
    }
    return count;
  }

  /** Forgets every uid that departed at or before `second`, and gives memory back. */
  forget(second: number): void {
    const limit = Math.floor(second) + 1;
    const gone = this.#when.reduce((count, when) => (hasDepartedBy(when, limit) ? count + 1 : count), 0);
    if (gone > 0) this.#rebuild(capacityFor(this.#size - gone), limit);
  }

  #put(high: number, low: number, when: number): boolean {
    let slot = this.#slot(high, low);
    const fresh = this.#when[slot] === FREE;
    if (fresh) {
      if ((this.#size + 1) * 4 > this.#when.length * 3) {
        this.#rebuild(this.#when.length * 2, LIVE);
        slot = this.#slot(high, low);
      }
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#size++;
    }
    const settled = fresh ? 0 : (this.#when[slot] ?? 0) & SETTLED;
    this.#when[slot] = (when | settled) >>> 0;
    return fresh;
  }

  /** The slot that holds this hash, or the free one where it belongs. */
  #slot(high: number, low: number): number {
    const mask = this.#when.length - 1;
    let slot = low & mask;
    while (this.#when[slot] !== FREE && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask;
    return slot;
  }

  /** Moves to arrays of another size what is live or departed after `limit`. */
  #rebuild(capacity: number, limit: number): void {
    const [high, low, when] = [this.#high, this.#low, this.#when];
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#when = new Uint32Array(capacity).fill(FREE);
    this.#size = 0;
    for (let slot = 0; slot < when.length; slot++) {
      const at = when[slot] ?? FREE;
      if (at !== FREE && !hasDepartedBy(at, limit)) this.#put(high[slot] ?? 0, low[slot] ?? 0, at);
    }
  }
}

/** Not true of LIVE, nor of a free slot. */
function hasDepartedBy(when: number, limit: number): boolean {
  return when !== FREE && (when & TIME) !== LIVE && (when & TIME) <= limit;
}

function capacityFor(count: number): number {
  let capacity = START;
  while (count * 4 > capacity * 3) capacity *= 2;
  return capacity;
}
