// What the table of behaviours is made of, and other tables of what people can set: readers that turn a text into its value
// and back, rows, and the table as text.

import { formatDuration, parseDuration } from "../../base/duration.ts";
import { nearest } from "../../base/suggest.ts";
import { wrap } from "../../base/wrap.ts";

/** Reads the values of one kind. */
export interface Kind<Value> {
  /** What is accepted, for error messages. */
  expected: string;
  /** As tables and help show it; absent = `expected`. */
  short?: string;
  /** Undefined for a text that is none. */
  parse(text: string): Value | undefined;
  format(value: Value): string;
}

/** Server ages of which the behaviours are known. `kubernetes` is the generic API server on etcd. */
export const ERAS = ["2025-08", "2026-09", "kubernetes"] as const;
export type Era = (typeof ERAS)[number];

/** One behaviour in which servers differ. */
export interface Row<Value> extends Kind<Value> {
  /** As `--set` names it. */
  name: string;
  /** One sentence. */
  meaning: string;
  /** Pull request or file of grafana/grafana, or documentation of Kubernetes; `ours` for what no server fixes. */
  source: string;
  values: Readonly<Record<Era, Value>>;
}

type Values<Value> = readonly [Value, Value, Value];

/** A row whose `values` come in the order of `ERAS`. */
export function row<Value>(name: string, kind: Kind<Value>, values: Values<NoInfer<Value>>, meaning: string, source: string): Row<Value> {
  const [first, second, third] = values;
  return { ...kind, name, meaning, source, values: { "2025-08": first, "2026-09": second, kubernetes: third } };
}

/** A row that holds in every era and is there to be broken. */
export function always<Value>(name: string, kind: Kind<Value>, value: NoInfer<Value>, meaning: string, source: string): Row<Value> {
  return row(name, kind, [value, value, value], meaning, source);
}

export const SWITCH: Kind<boolean> = {
  expected: "on or off",
  short: "on|off",
  parse: (text) => ({ on: true, true: true, off: false, false: false })[text],
  format: (value) => (value ? "on" : "off"),
};

export const COUNT: Kind<number> = {
  expected: "a whole number from 0",
  short: "number",
  parse: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  format: String,
};

/** Bytes, with `Ki` and `Mi` for powers of 1,024. */
export const SIZE: Kind<number> = {
  expected: "bytes such as 4000, 64Ki or 2Mi",
  short: "size",
  parse(text) {
    const [, digits, unit = ""] = /^(\d{1,9})(Ki|Mi)?$/.exec(text) ?? [];
    return digits === undefined ? undefined : Number(digits) * ({ Ki: 1_024, Mi: 1_048_576 }[unit] ?? 1);
  },
  format: (bytes) => (bytes > 0 && bytes % 1_048_576 === 0 ? `${bytes / 1_048_576}Mi` : String(bytes)),
};

/** Milliseconds, written as Go durations; may be negative. */
export const DURATION: Kind<number> = {
  expected: "a duration such as 1500ms, 45s or -2m",
  short: "duration",
  parse: parseDuration,
  format: formatDuration,
};

/** A probability from 0 to 1, written as a percentage. */
export const SHARE: Kind<number> = {
  expected: "a percentage from 0% to 100%, or off",
  short: "percentage",
  parse(text) {
    if (text === "off") return 0;
    const [, digits] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
    const share = Number(digits) / 100;
    return share <= 1 ? share : undefined;
  },
  format: (share) => `${Number((share * 100).toFixed(6))}%`,
};

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    short: words.join("|"),
    expected: words.length === 2 ? words.join(" or ") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    parse: (text) => words.find((word) => word === text),
    format: (word) => word,
  };
}

/** What to say of a name that is unknown, behind other words: `; did you mean "<name>"?` if one is near, then the next step. */
export function didYouMean(name: string, names: readonly string[], next: string): string {
  const guess = nearest(name, names);
  return guess === undefined ? `; ${next}` : `; did you mean "${guess}"? ${next}`;
}

/**
 * A table that stays within `width` columns: where it cannot, a row is a line of its first cells and below it the others, a
 * paragraph each. Undefined = any width.
 */
export function fitted(table: readonly (readonly string[])[], first: number, width: number | undefined): string[] {
  const lines = aligned(table);
  if (width === undefined || lines.every((line) => line.length <= width)) return lines;
  const heads = aligned(table.map((line) => line.slice(0, first)));
  return table.flatMap((line, index) => [heads[index] ?? "", ...line.slice(first).flatMap((cell) => (cell === "" ? [] : wrap(cell, width, 4)))]);
}

/** A table as text: a row a line, its columns aligned. */
export function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  return table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}
