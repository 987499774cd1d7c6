// A strict reader of Prometheus' text format 0.0.4: a page in, its families out; throws at the first thing that the format
// or its conventions forbid. src: https://prometheus.io/docs/instrumenting/exposition_formats/

export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ParsedFamily {
  name: string;
  type: string;
  help: string;
  samples: ParsedSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/;
const NUMBER = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Families in their order, by name. @throws Error with the line that is wrong */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let family: ParsedFamily | undefined;
  if (!text.endsWith("\n")) throw new Error("the last line lacks its end");
  for (const line of text.slice(0, -1).split("\n")) {
    const wrong = (why: string) => new Error(`${why}: ${line}`);
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (!NAME.test(name) || families.has(name)) throw wrong("a name that is none, or comes twice");
      family = { name, type: "", help: rest, samples: [] };
      families.set(name, family);
    } else if (keyword === "TYPE") {
      if (family?.name !== name || family.type !== "") throw wrong("TYPE does not follow its HELP");
      if (!["counter", "gauge", "histogram"].includes(rest)) throw wrong("unknown type");
      if ((rest === "counter") !== name.endsWith("_total")) throw wrong("_total is for counters, and for all of them");
      family.type = rest;
    } else {
      const sample = parseSample(line);
      if (sample === undefined) throw wrong("no sample");
      if (family === undefined || family.type === "" || !belongs(family, sample)) throw wrong("a sample outside of its family");
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) throw wrong("a series that comes twice");
      seen.add(key);
      if (family.type !== "gauge" && !(sample.value >= 0)) throw wrong("what is counted is negative");
      family.samples.push(sample);
    }
  }
  for (const each of families.values()) checkFamily(each);
  return families;
}

function parseSample(line: string): ParsedSample | undefined {
  const [, name = "", , inner = "", value = ""] = /^([^\s{]+)(\{(.+)\})? (\S+)$/.exec(line) ?? [];
  if (!NAME.test(name) || !NUMBER.test(value)) return undefined;
  const labels: Record<string, string> = {};
  for (let rest = inner; rest !== "";) {
    const match = LABEL.exec(rest);
    const [whole, label = "", text = "", end = ""] = match ?? [];
    if (whole === undefined || label.startsWith("__") || label in labels || (end === "" && whole !== rest)) return undefined;
    labels[label] = text.replaceAll(/\\(.)/g, (_all, char: string) => (char === "n" ? "\n" : char));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function belongs({ name, type }: ParsedFamily, sample: ParsedSample): boolean {
  if (type !== "histogram") return sample.name === name;
  return ["_bucket", "_sum", "_count"].some((suffix) => sample.name === name + suffix) && (sample.name === `${name}_bucket`) === "le" in sample.labels;
}

/** A family has samples, all with the same labels; the buckets of a histogram add up. */
function checkFamily({ name, type, samples }: ParsedFamily): void {
  if (type === "" || samples.length === 0) throw new Error(`${name} has no type or no samples`);
  const keys = new Set(samples.map(({ labels: { le: _le, ...labels } }) => Object.keys(labels).join()));
  if (keys.size !== 1) throw new Error(`${name} has samples of different labels`);
  if (type !== "histogram") return;
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) => JSON.stringify(labels));
  for (const each of series.values()) {
    const buckets = each.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace("Inf", "Infinity")));
    const rises = (values: number[], strictly: boolean) => values.every((value, at) => at === 0 || (strictly ? value > (values[at - 1] ?? 0) : value >= (values[at - 1] ?? 0)));
    const count = each.find((sample) => sample.name === `${name}_count`)?.value;
    if (!rises(bounds, true) || bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${name} has buckets out of order`);
    if (!rises(buckets.map(({ value }) => value), false) || buckets.at(-1)?.value !== count) throw new Error(`${name} has buckets that do not add up`);
    if (!each.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}

/** Samples that are not 0, as `name{label="word"} value`: what a test prints, and compares. */
export function moved(families: ReadonlyMap<string, ParsedFamily>, wanted: (family: ParsedFamily) => boolean): string[] {
  return [...families.values()].filter(wanted).flatMap(({ samples }) =>
    samples.filter(({ value }) => value !== 0).map(({ name, labels, value }) => {
      const words = Object.entries(labels).map(([label, word]) => `${label}="${word}"`).join();
      return `${name}${words === "" ? "" : `{${words}}`} ${value}`;
    })
  );
}
