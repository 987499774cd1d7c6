// What rooms count in, the page at /metrics out. Holds the numbers; asks for readings when the page is made.

import { COUNTED, type Count, type CountName } from "../base/counts.ts";
import { exposition, type Family, type Sample } from "./exposition.ts";
import { type Metric, METRICS, READINGS, type ReadingName } from "./metric-table.ts";

type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count: Count;
  /** `read` is called at each look; undefined = there is nothing to tell. `labels`: of the one sample. */
  reading(name: ReadingName, read: () => number | undefined, labels?: Labels): void;
  /** All of it: what was counted in the order of the table, then the readings. */
  page(): string;
}

export function createMetrics(): Metrics {
  const names = Object.keys(METRICS) as CountName[];
  const counters = new Map(names.map((name) => [name, new Counter(METRICS[name], COUNTED[name])]));
  const readings = new Map<ReadingName, { read: () => number | undefined; labels: Labels }>();
  return {
    count(name, labels, amount = 1) {
      counters.get(name)?.add(labels, amount);
    },
    reading(name, read, labels = {}) {
      readings.set(name, { read, labels });
    },
    page() {
      const families = [...counters.values()].map((counter) => counter.family());
      for (const [name, { read, labels }] of readings) families.push(readingOf(name, read(), labels));
      return exposition(families);
    },
  };
}

function readingOf(reading: ReadingName, value: number | undefined, labels: Labels): Family {
  const { name, type, help, fixed }: { name: string; type: Family["type"]; help: string; fixed?: Labels } = READINGS[reading];
  return { name, type, help, samples: value === undefined ? [] : [{ labels: { ...fixed, ...labels }, value }] };
}

interface Series {
  labels: Labels;
  /** What was added up, in how many steps. */
  sum: number;
  steps: number;
  /** Of a histogram, for each bound: the steps that it is the least bound of. */
  within: number[];
}

/** Where the words of every label are listed, each combination is there from the start, at 0. */
class Counter {
  readonly #metric: Metric;
  readonly #labels: readonly string[];
  readonly #series = new Map<string, Series>();

  constructor(metric: Metric, words: Readonly<Record<string, readonly string[] | "open">>) {
    this.#metric = metric;
    this.#labels = Object.keys(words);
    for (const labels of combinations(words)) this.#at(labels);
  }

  add(labels: Labels, amount: number): void {
    const series = this.#at(labels);
    series.sum += amount;
    series.steps++;
    const { buckets } = this.#metric;
    if (buckets === undefined) return;
    const at = buckets.findIndex((bound) => amount <= bound);
    if (at !== -1) series.within[at] = (series.within[at] ?? 0) + 1;
  }

  family(): Family {
    const { name, help, buckets } = this.#metric;
    return { name, help, type: buckets === undefined ? "counter" : "histogram", samples: [...this.#series.values()].flatMap((series) => this.#samples(series)) };
  }

  #samples({ labels: own, sum, steps, within }: Series): Sample[] {
    const { buckets, fixed } = this.#metric;
    const labels = { ...fixed, ...own };
    if (buckets === undefined) return [{ labels, value: sum }];
    let below = 0;
    return [
      ...buckets.map((bound, at) => ({ suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: (below += within[at] ?? 0) })),
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: steps },
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: steps },
    ];
  }

  #at(labels: Labels): Series {
    let key = "";
    for (const label of this.#labels) key += `${labels[label]}\n`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels: Object.fromEntries(this.#labels.map((label) => [label, labels[label] ?? ""])), sum: 0, steps: 0, within: (this.#metric.buckets ?? []).map(() => 0) };
      this.#series.set(key, series);
    }
    return series;
  }
}

/** Every combination of the words of each label; none where a label is open. */
function combinations(words: Readonly<Record<string, readonly string[] | "open">>): Labels[] {
  return Object.entries(words).reduce<Labels[]>(
    (all, [label, each]) => (each === "open" ? [] : all.flatMap((labels) => each.map((word) => ({ ...labels, [label]: word })))),
    [{}],
  );
}
