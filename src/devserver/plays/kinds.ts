// What plays and seeding are told: named values with defaults, and kinds of them beside those that behaviours have.

import { nearest } from "../../base/suggest.ts";
import type { Kind } from "../behaviour/rows.ts";

/** A value that can be told by its name. */
export interface Named<Value> extends Kind<Value> {
  /** As people and JSON name it. */
  name: string;
  default: Value;
}

type Table = Readonly<Record<string, Named<unknown>>>;

/** A value for each row of a table. */
export type ValuesOf<Rows> = { readonly [Key in keyof Rows]: Rows[Key] extends Named<infer Value> ? Value : never };

/** The values where nothing is said. */
export function defaultsOf<Rows>(table: Rows): ValuesOf<Rows> {
  return Object.fromEntries(Object.entries(table as Table).map(([key, row]) => [key, row.default])) as ValuesOf<Rows>;
}

/** The row of that name with its key, or what to say where there is none. */
export function rowNamed(table: object, name: string): [key: string, row: Named<unknown>] | string {
  const rows = Object.entries(table as Table);
  const names = rows.map(([, row]) => row.name);
  const guess = nearest(name, names);
  return rows.find(([, row]) => row.name === name) ??
    (guess === undefined ? `expected one of ${names.join(", ")}` : `did you mean "${guess}"?`);
}

/** From the one to the other, both included. */
export type Span = readonly [from: number, to: number];

/** A whole number from 0 to `max`. */
export function wholeUpTo(max: number): Kind<number> {
  return {
    expected: `a whole number from 0 to ${max}`,
    parse: (text) => (/^\d{1,10}$/.test(text) && Number(text) <= max ? Number(text) : undefined),
    format: String,
  };
}

/** One value, or two between which there is a dash, the lesser first; `example` shows two. */
export function spanOf({ expected, parse, format }: Kind<number>, example: string): Kind<Span> {
  return {
    expected: `${expected}, or two such as ${example}`,
    parse(text) {
      const [first = "", second = first, ...more] = text.split("-");
      const [from, to] = [parse(first), parse(second)];
      if (from === undefined || to === undefined || from > to || more.length > 0) return undefined;
      return [from, to];
    },
    format: ([from, to]) => (from === to ? format(from) : `${format(from)}-${format(to)}`),
  };
}
