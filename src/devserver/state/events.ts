// The last changes of all resources together, for watches that resume and lists of the past, and the hand-over of new
// ones to open watches. A version that left the ring is resumed from what is left: `misses` only tells.

import type { Change, Store } from "./store.ts";

/** `texts` is shared by all who read this change: what one has made of it, others need not make again. */
export type ChangeReader = (change: Change, texts: Map<string, string>) => void;

/** Read at the time of use. */
interface EventRules {
  /** How many changes are kept. */
  readonly ringEvents: number;
}

export class Events {
  readonly #rules: EventRules;
  readonly #readers = new Set<ChangeReader>();
  readonly #losses = new Set<(change: Change) => boolean>();
  readonly #lost = new WeakSet<Change>();
  /** Oldest first, from `#first` on; what is before it is dropped now and then. */
  #ring: (Change | undefined)[] = [];
  #first = 0;
  /** Version of the newest change that is not kept. */
  #forgotten: number;

  constructor(store: Store, rules: EventRules) {
    this.#rules = rules;
    this.#forgotten = store.version;
    store.onChange((change) => this.#publish(change));
  }

  /** The oldest version that can be resumed from without a gap. */
  get oldest(): number {
    return this.#forgotten;
  }

  /** Whether changes after `version` are no longer kept. */
  misses(version: number): boolean {
    return version < this.#forgotten;
  }

  /** What is kept of the changes after `version` for readers, oldest first. */
  since(version: number): Change[] {
    return this.#after(version).filter((change) => !this.#lost.has(change));
  }

  /** What is kept of the changes after `version`, newest first, also what no reader gets. */
  back(version: number): Change[] {
    return this.#after(version).reverse();
  }

  /** Every change from now on. Returns what ends it. */
  read(reader: ChangeReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Changes that match reach no reader, now or later, until the returned function is called. */
  lose(match: (change: Change) => boolean): () => void {
    this.#losses.add(match);
    return () => this.#losses.delete(match);
  }

  /** Empties the ring: whoever resumes finds nothing. */
  forget(): void {
    this.#forgotten = this.#ring.at(-1)?.version ?? this.#forgotten;
    this.#ring = [];
    this.#first = 0;
  }

  #publish(change: Change): void {
    this.#ring.push(change);
    this.#trim();
    for (const lost of this.#losses) {
      if (!lost(change)) continue;
      this.#lost.add(change);
      return;
    }
    const texts = new Map<string, string>();
    for (const reader of this.#readers) reader(change, texts);
  }

  #trim(): void {
    for (; this.#ring.length - this.#first > this.#rules.ringEvents; this.#first++) {
      this.#forgotten = this.#ring[this.#first]?.version ?? this.#forgotten;
      this.#ring[this.#first] = undefined;
    }
    if (this.#first <= 1_000 || this.#first * 2 < this.#ring.length) return;
    this.#ring = this.#ring.slice(this.#first);
    this.#first = 0;
  }

  #after(version: number): Change[] {
    let low = this.#first;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ring[middle]?.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return this.#ring.slice(low) as Change[];
  }
}
