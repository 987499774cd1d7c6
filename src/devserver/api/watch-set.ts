// Open watches, and those who wait for a number of them.

import type { Watch } from "./watch-lines.ts";

export class WatchSet extends Set<Watch> {
  #waiting: { count: number; reached: () => void }[] = [];

  override add(watch: Watch): this {
    super.add(watch);
    this.#waiting = this.#waiting.filter(({ count, reached }) => {
      if (this.size < count) return true;
      reached();
      return false;
    });
    return this;
  }

  /** Resolves once `count` watches are open. */
  reaching(count: number): Promise<void> {
    if (this.size >= count) return Promise.resolve();
    return new Promise((reached) => this.#waiting.push({ count, reached }));
  }
}
