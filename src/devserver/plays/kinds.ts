// Kinds of values that plays and seeding are told in: text in, value out, and back.

import type { Kind } from "../behaviour/rows.ts";

/** From the one to the other, both included. */
export type Span = readonly [from: number, to: number];

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
