// Entries by key, and the keys in order, in chunks of a few hundred: a key goes in or out without moving all the others.

import type { Entry } from "./entry.ts";

/** A chunk that grows past this is cut in two. */
const CHUNK_KEYS = 512;

export class Table {
  readonly #entries = new Map<string, Entry>();
  /** None is empty, but for the first one. */
  #chunks: string[][] = [[]];

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  set(entry: Entry): void {
    if (!this.#entries.has(entry.key)) this.#insert(entry.key);
    this.#entries.set(entry.key, entry);
  }

  remove(key: string): void {
    if (!this.#entries.delete(key)) return;
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] ?? [];
    chunk.splice(firstFrom(chunk, key), 1);
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(at, 1);
  }

  /** How many keys there are that begin with `prefix`, from the key `start` on. */
  count(prefix: string, start: string): number {
    // \uffff sorts behind whatever keys are made of.
    return Math.max(0, this.#rank(`${prefix}\uffff`) - this.#rank(start > prefix ? start : prefix));
  }

  /** Entries in the order of their keys. Not to be held across a write. */
  *from(prefix: string, start: string): Generator<Entry> {
    const first = start > prefix ? start : prefix;
    let at = this.#chunkOf(first);
    let index = firstFrom(this.#chunks[at] ?? [], first);
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at] ?? [];
      for (; index < chunk.length; index++) {
        const key = chunk[index] ?? "";
        if (!key.startsWith(prefix)) return;
        const entry = this.#entries.get(key);
        if (entry !== undefined) yield entry;
      }
    }
  }

  #insert(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] ?? [];
    chunk.splice(firstFrom(chunk, key), 0, key);
    if (chunk.length > CHUNK_KEYS) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_KEYS / 2));
  }

  /** How many keys are less than `key`. */
  #rank(key: string): number {
    const at = this.#chunkOf(key);
    const before = this.#chunks.slice(0, at).reduce((sum, chunk) => sum + chunk.length, 0);
    return before + firstFrom(this.#chunks[at] ?? [], key);
  }

  /** Index of the last chunk whose first key is not greater than `key`; the first one if all are. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle]?.[0] ?? "") <= key) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Index of the first key that is not less than `key`. */
function firstFrom(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
