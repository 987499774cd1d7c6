// The proof that facts are facts: each must fail, by its own assertion, on a dev server that behaves otherwise.

import { type Fact, flipText } from "./fact.ts";
import { startDev } from "./ground-dev.ts";
import { judge, queue } from "./judge.ts";

export interface Flipped {
  fact: Fact;
  flip: string;
  /** `fell` = an assertion of the fact failed; `held` = the flip did not matter; `broke` = something else was thrown. */
  outcome: "fell" | "held" | "broke";
  /** How, on one line. */
  how: string;
}

/** Servers at a time. */
const AT_ONCE = 8;
const HOW_LENGTH = 110;

/** Begins to try each fact with its flip, each on a server of its own; a promise for each fact, by id. */
export function flipAll(facts: readonly Fact[]): Map<string, Promise<Flipped>> {
  const turn = queue(AT_ONCE);
  return new Map(facts.map((fact) => [fact.id, turn(() => flip(fact))]));
}

async function flip(fact: Fact): Promise<Flipped> {
  const error = await failure(fact);
  const outcome = error === undefined ? "held" : isAssertion(error) ? "fell" : "broke";
  return { fact, flip: flipText(fact.flip), outcome, how: error === undefined ? "" : shorten(describeError(error)) };
}

/** What the fact throws with its flip, or what its server throws at the flip. */
async function failure(fact: Fact): Promise<unknown> {
  try {
    const ground = await startDev(fact.on, fact.flip);
    const { error } = await judge(fact, ground);
    await ground.close();
    return error;
  } catch (error) {
    return error;
  }
}

/** What a flip does, from the server's own behaviour to what is only made of its answers. */
const SORTS: [string, RegExp][] = [
  ["a row of the table of behaviours is set", /^set /],
  ["the server sees something else or nothing in place of a part of the request", /^fault (?:ignore|request):/],
  ["the server's answer, or a line of its watch, is changed on its way out", /^fault (?:answer[a-z-]*|status-as|line|drop-line):/],
  ["the server acts otherwise", /^fault /],
];

/** How many facts are flipped by what, a line each. */
export function countSorts(flipped: readonly Flipped[]): string[] {
  const counts = new Map<string, number>();
  for (const { flip: text } of flipped) {
    const sort = SORTS.find(([, pattern]) => pattern.test(text))?.[0] ?? "";
    counts.set(sort, (counts.get(sort) ?? 0) + 1);
  }
  return [...counts].map(([sort, count]) => `${String(count).padStart(4)}  ${sort}`);
}

/** The table as text: id, flip and how the fact failed. */
export function renderFlips(flipped: readonly Flipped[]): string[] {
  const ended = ({ outcome, how }: Flipped) => (outcome === "fell" ? how : `${outcome.toUpperCase()} ${how}`);
  const rows = flipped.map((one) => [one.fact.id, one.flip, ended(one)]);
  const table = [["FACT", "FLIP", "HOW IT FAILED"], ...rows];
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => Math.min(row[column]?.length ?? 0, 70))));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

function isAssertion(error: unknown): boolean {
  return error instanceof Error && (error as { code?: string }).code === "ERR_ASSERTION";
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { actual, expected, operator = "" } = error as { actual?: unknown; expected?: unknown; operator?: string };
  if (!isAssertion(error)) return `${error.name}: ${error.message}`;
  if (actual === undefined && expected === undefined) return error.message;
  return operator.startsWith("not") ? `${text(actual)} is the same` : `${text(actual)} is not ${text(expected)}`;
}

function text(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "undefined";
}

function shorten(line: string): string {
  const flat = line.replace(/\s+/g, " ").trim();
  return flat.length <= HOW_LENGTH ? flat : `${flat.slice(0, HOW_LENGTH - 1)}…`;
}
