// Words of a server, moments and amounts as a person reads them in a cell of a table.

import { formatDuration } from "../base/duration.ts";

/** What would move the cursor, colour the screen or turn the direction of writing. */
const UNSAFE = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069";
const UNSAFE_OR_SPACE = new RegExp(`[${UNSAFE}\\s]+`, "g");
const UNSAFE_IN_JSON = new RegExp(`[${UNSAFE}]`, "g");

/** On one line, without anything that a terminal would obey; cut behind `max` characters. */
export function oneLine(text: string, max = Number.POSITIVE_INFINITY): string {
  const line = text.replace(UNSAFE_OR_SPACE, " ").trim();
  const characters = [...line];
  return characters.length > max ? `${characters.slice(0, max - 1).join("").trimEnd()}…` : line;
}

/** JSON on several lines, the same value without anything that a terminal would obey. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE_IN_JSON, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}

const UNITS: readonly (readonly [string, number, number])[] = [["s", 1_000, 120], ["m", 60_000, 120], ["h", 3_600_000, 48], ["d", 86_400_000, Infinity]];

/** `45s`, `12m`, `3h`, `5d`; a time that is yet to come is `0s`. */
export function age(ms: number): string {
  for (const [unit, size, most] of UNITS) {
    const amount = Math.floor(Math.max(ms, 0) / size);
    if (amount < most) return `${amount}${unit}`;
  }
  return "";
}

/** As Go prints it, to a tenth of a second below ten seconds and to the second above. */
export function briefDuration(ms: number): string {
  if (ms < 1_000) return formatDuration(Math.round(ms));
  const step = ms < 9_950 ? 100 : 1_000;
  return formatDuration(Math.round(ms / step) * step);
}

/** UTC, to the second. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
