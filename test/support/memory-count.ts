// A counter that keeps what it was told, in the words of whoever told it.

import type { Count } from "../../src/base/counts.ts";

export class MemoryCount {
  /** `name label,label` and how much in all, in the order in which each came first. */
  readonly totals = new Map<string, number>();

  readonly count: Count = (name, labels, amount = 1) => {
    const key = [name, Object.values(labels).join(",")].join(" ").trim();
    this.totals.set(key, (this.totals.get(key) ?? 0) + amount);
  };

  /** What was counted since the last look, without what came to nothing: `["watch-failed cut", "retry watch 2"]`. */
  take(): string[] {
    const all = [...this.totals].filter(([, total]) => total !== 0).map(([key, total]) => (total === 1 ? key : `${key} ${total}`));
    this.totals.clear();
    return all;
  }
}
