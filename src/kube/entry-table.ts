// What is known of each object, by the hash of its key: 40 bytes a row in one flat array where uids are UUIDs and versions
// decimal numbers, as Kubernetes has them. What does not fit a row is kept beside it as it is. Decides nothing.
//
// Two keys of 100,000 share their 53 bits with odds of one in a million. Each would then be taken for the other's
// successor, and be told as such at every list; their uids keep them from being announced twice.

import { hash64 } from "../base/hash.ts";
import type { ObjectKey } from "./types.ts";

export interface Entry {
  uid: string;
  version: string;
  /** The stream has told of this version. */
  told: boolean;
  /** Number of the last list that showed it. */
  listed: number;
  /** Number of the list during which the stream last spoke of it; 0 = outside any. */
  touched: number;
  /** Complete lists in a row that did not show it, at most 3. */
  missed: number;
}

/** Where a key's entry is: a whole number of 53 bits. */
export type Place = number;

export function placeOf(key: ObjectKey): Place {
  const [high, low] = hash64(key);
  return (high & 0x1f_ffff) * 2 ** 32 + low;
}

/** Words of a row: the place with USED, the uid, the version, `listed`, and the rest in one. */
const ROW = 10;
const UID = 2;
const VERSION = 6;
const LISTED = 8;
const REST = 9;
const USED = 0x8000_0000;
const START = 256;

export class EntryTable {
  #rows = new Uint32Array(START * ROW);
  #capacity = START;
  #packed = 0;
  readonly #others = new Map<Place, Entry>();

  get size(): number {
    return this.#packed + this.#others.size;
  }

  get(place: Place): Entry | undefined {
    const row = this.#find(place);
    return this.#rows[row] === 0 ? this.#others.get(place) : this.#read(row);
  }

  put(place: Place, entry: Entry): void {
    const words = wordsOf(entry);
    if (words === undefined) {
      if (this.#rows[this.#find(place)] !== 0) this.delete(place);
      this.#others.set(place, entry);
      return;
    }
    let row = this.#find(place);
    if (this.#rows[row] === 0) {
      if (this.#others.size > 0) this.#others.delete(place);
      if ((this.#packed + 1) * 4 > this.#capacity * 3) {
        this.#grow();
        row = this.#find(place);
      }
      this.#packed++;
    }
    this.#rows[row] = highOf(place);
    this.#rows[row + 1] = place >>> 0;
    this.#rows.set(words, row + UID);
  }

  delete(place: Place): boolean {
    let free = this.#find(place);
    if (this.#rows[free] === 0) return this.#others.delete(place);
    this.#packed--;
    // What stands behind and would not be found any more moves up.
    for (let row = this.#after(free); this.#rows[row] !== 0; row = this.#after(row)) {
      const home = this.#home(this.#rows[row + 1] ?? 0);
      const stays = free < row ? home > free && home <= row : home > free || home <= row;
      if (stays) continue;
      this.#rows.copyWithin(free, row, row + ROW);
      free = row;
    }
    this.#rows.fill(0, free, free + ROW);
    return true;
  }

  /** What neither list number `list` has shown nor the stream has spoken of meanwhile. Others may be put, none deleted until the end. */
  *unseen(list: number): Generator<[Place, Entry]> {
    for (let row = 0; row < this.#rows.length; row += ROW) {
      if (this.#rows[row] === 0 || this.#rows[row + LISTED] === list || (this.#rows[row + REST] ?? 0) >>> 3 === list) continue;
      yield [((this.#rows[row] ?? 0) - USED) * 2 ** 32 + (this.#rows[row + 1] ?? 0), this.#read(row)];
    }
    for (const [place, entry] of this.#others) if (entry.listed !== list && entry.touched !== list) yield [place, entry];
  }

  #read(row: number): Entry {
    const word = (at: number) => this.#rows[row + at] ?? 0;
    const rest = word(REST);
    return {
      uid: uuidOf(word(UID), word(UID + 1), word(UID + 2), word(UID + 3)),
      version: decimalOf(word(VERSION), word(VERSION + 1)),
      told: (rest & 4) !== 0,
      listed: word(LISTED),
      touched: rest >>> 3,
      missed: rest & 3,
    };
  }

  /** The row of this place, or the free one where it belongs. */
  #find(place: Place): number {
    const high = highOf(place);
    const low = place >>> 0;
    let row = this.#home(low);
    while (this.#rows[row] !== 0 && (this.#rows[row + 1] !== low || this.#rows[row] !== high)) row = this.#after(row);
    return row;
  }

  #home(low: number): number {
    return (low % this.#capacity) * ROW;
  }

  #after(row: number): number {
    return row + ROW === this.#rows.length ? 0 : row + ROW;
  }

  #grow(): void {
    const rows = this.#rows;
    this.#capacity = Math.ceil(this.#capacity * 1.5);
    this.#rows = new Uint32Array(this.#capacity * ROW);
    for (let row = 0; row < rows.length; row += ROW) {
      if (rows[row] === 0) continue;
      const place = ((rows[row] ?? 0) - USED) * 2 ** 32 + (rows[row + 1] ?? 0);
      this.#rows.set(rows.subarray(row, row + ROW), this.#find(place));
    }
  }
}

function highOf(place: Place): number {
  return USED + Math.floor(place / 2 ** 32);
}

/** Everything of a row behind the place, in one array that the next call overwrites; undefined if it does not fit. */
function wordsOf({ uid, version, told, listed, touched, missed }: Entry): Uint32Array | undefined {
  if (!UUID.test(uid) || !DECIMAL.test(version)) return undefined;
  words[0] = Number.parseInt(uid.slice(0, 8), 16);
  words[1] = Number.parseInt(uid.slice(9, 13) + uid.slice(14, 18), 16);
  words[2] = Number.parseInt(uid.slice(19, 23) + uid.slice(24, 28), 16);
  words[3] = Number.parseInt(uid.slice(28), 16);
  words[4] = Number(version.slice(0, -9));
  words[5] = Number(version.slice(-9));
  words[6] = listed;
  words[7] = touched * 8 + (told ? 4 : 0) + missed;
  return words;
}

const words = new Uint32Array(8);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** No zero ahead, and below 4 × 10^18: two words of nine and ten digits. Grafana's snowflakes have 19 digits and begin with 1 or 2. */
const DECIMAL = /^(?:[1-3]\d{18}|[1-9]\d{0,17})$/;

function uuidOf(a: number, b: number, c: number, d: number): string {
  const [first, second, third, fourth] = [hex(a), hex(b), hex(c), hex(d)];
  return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${fourth}`;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function decimalOf(high: number, low: number): string {
  return high === 0 ? String(low) : `${high}${String(low).padStart(9, "0")}`;
}
