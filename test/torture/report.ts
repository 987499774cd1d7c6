// Outcomes as people read them: a table with a row for each server, one of what they suffered, and what to look at where
// something was broken.

import { type Rule, RULES } from "./judge.ts";
import type { Kind } from "./plan.ts";
import { failures, type Outcome } from "./torture.ts";

const COLUMNS: readonly (readonly [head: string, cell: (outcome: Outcome) => string | number])[] = [
  ["server", ({ server }) => server],
  ["seed", ({ seed }) => seed],
  ["s", ({ seconds }) => Math.round(seconds)],
  ["disturbed", ({ suffered }) => [...suffered.values()].reduce((sum, count) => sum + count, 0)],
  ["jobs", ({ jobs }) => jobs],
  ["runs", ({ runs }) => runs],
  ["run again", ({ again }) => again],
  ["killed", ({ killed }) => killed],
  ["records", ({ records }) => records],
  ["overlaps", (outcome) => of(outcome, ["overlap"])],
  ["lost", (outcome) => of(outcome, ["lost"])],
  ["records not 1", (outcome) => of(outcome, ["record"])],
  ["late writes", (outcome) => of(outcome, ["late write"])],
  ["outlived", (outcome) => of(outcome, ["outlived"])],
  ["other", (outcome) => of(outcome, (Object.keys(RULES) as Rule[]).filter((rule) => !OWN_COLUMN.includes(rule))) + outcome.accidents.length],
  ["left", ({ left }) => left],
  ["", (outcome) => (failures(outcome).length === 0 ? "ok" : "BROKEN")],
];
const OWN_COLUMN: readonly Rule[] = ["overlap", "lost", "record", "late write", "outlived"];

function of({ breaches }: Outcome, rules: readonly Rule[]): number {
  return breaches.filter(({ rule }) => rules.includes(rule)).length;
}

export function table(outcomes: readonly Outcome[]): string[] {
  return aligned([COLUMNS.map(([head]) => head), ...outcomes.map((outcome) => COLUMNS.map(([, cell]) => String(cell(outcome))))]);
}

/** How often each kind of disturbance came to each server; "-" = it does not. */
export function sufferings(outcomes: readonly Outcome[]): string[] {
  const kinds = new Set<Kind>(outcomes.flatMap(({ suffered }) => [...suffered.keys()]));
  const row = (kind: Kind) => [kind, ...outcomes.map(({ suffered }) => String(suffered.get(kind) ?? "-"))];
  return aligned([["suffered", ...outcomes.map(({ server }) => server)], ...[...kinds].map(row)]);
}

function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ").trimEnd());
}

const SHOWN = 20;

/** Each breach as a line, the first of many. */
export function complaints(outcome: Outcome, folder: string): string[] {
  const { server, breaches, accidents } = outcome;
  const lines = [...accidents, ...breaches.map(({ rule, uid, text }) => `${RULES[rule]}: ${uid}: ${text}`)].map((line) => `${server}: ${line}`);
  const more = lines.length > SHOWN ? [`${server}: and ${lines.length - SHOWN} more`] : [];
  return lines.length === 0 ? [] : [...lines.slice(0, SHOWN), ...more, `${server}: look at ${folder} (changes.jsonl, controller-*.log, side/<uid>.*)`];
}
