// The last changes of all resources together, for watches that resume, and the hand-over of new ones to open watches.
// A version that left the ring is resumed from what is left: nothing here stops that, `misses` only tells.

import type { Change, Store } from "./store.ts";

export class Events {
  readonly #size: number;
  readonly #ring: Change[] = [];
  readonly #readers = new Set<(change: Change) => void>();
  readonly #losses = new Set<(change: Change) => boolean>();
  /** Version of the newest change that left the ring. */
  #forgotten = 0;

  constructor(store: Store, size: number) {
    this.#size = size;
    store.onChange((change) => this.#publish(change));
  }

  /** What the ring still holds after `version`, oldest first. */
  since(version: number): Change[] {
    return this.#ring.filter((change) => change.version > version);
  }

  /** Whether changes after `version` have left the ring. */
  misses(version: number): boolean {
    return version < this.#forgotten;
  }

  /** Every change from now on. Returns what ends it. */
  read(reader: (change: Change) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Changes that match are neither sent nor kept until the returned function is called. */
  lose(match: (change: Change) => boolean): () => void {
    this.#losses.add(match);
    return () => this.#losses.delete(match);
  }

  /** Empties the ring: whoever resumes finds nothing. */
  forget(): void {
    for (const { version } of this.#ring.splice(0)) this.#forgotten = version;
  }

  #publish(change: Change): void {
    for (const lost of this.#losses) if (lost(change)) return;
    this.#ring.push(change);
    if (this.#ring.length > this.#size) this.#forgotten = this.#ring.shift()?.version ?? this.#forgotten;
    for (const reader of this.#readers) reader(change);
  }
}
