// What broken servers came to: which check notices what, as lines for people, and whatever went unnoticed. Pure.

import type { Check, Era } from "../verify/check.ts";
import { eraOf, type Flip, flipText, type Row, subjectOf } from "./flip.ts";

/** One broken server, on which every check of its era is tried. */
export interface Mutant {
  era: Era;
  flip: Flip;
}

export interface Outcome {
  mutant: Mutant;
  /** Ids of the checks that failed on it, and of those that could not tell. */
  noticed: readonly string[];
  undecided: readonly string[];
  /** Ids of those that passed and noted something else than on a healthy server: `--lock` tells of it. */
  noted: readonly string[];
  /** Why nothing was checked; undefined if something was. */
  ended: string | undefined;
}

/** A row of behaviours or a fault that no check has to notice. */
export interface Excuse {
  subject: string;
  why: string;
}

/** Every flip of the table once on each of its eras, then what is to be tried besides. */
export function mutantsOf(rows: readonly Row[], besides: readonly Mutant[]): Mutant[] {
  const all = rows.flatMap(([check, ...flips]) => flips.map((flip) => ({ era: eraOf(check), flip })));
  return [...new Map([...all, ...besides].map((mutant) => [nameOf(mutant), mutant])).values()];
}

/** The checks that must notice it. */
export function expectedOf(rows: readonly Row[], mutant: Mutant): Check[] {
  const name = nameOf(mutant);
  return rows.filter(([check, ...flips]) => flips.some((flip) => nameOf({ era: eraOf(check), flip }) === name)).map(([check]) => check);
}

/** What should be noticed and was not; a sentence each. `subjects`: names of all rows and faults. */
export function complaintsOf(checks: readonly Check[], rows: readonly Row[], outcomes: readonly Outcome[], subjects: readonly string[], excuses: readonly Excuse[]): string[] {
  const noticed = new Set(outcomes.flatMap((outcome) => outcome.noticed.map((id) => `${id} ${nameOf(outcome.mutant)}`)));
  const seen = new Set(outcomes.filter((outcome) => outcome.noticed.length + outcome.noted.length > 0).map(({ mutant }) => subjectOf(mutant.flip)));
  const excused = new Set(excuses.map(({ subject }) => subject));
  const flipped = new Set(rows.filter(([, ...flips]) => flips.length > 0).map(([{ id }]) => id));
  return [
    ...checks.filter(({ id }) => !flipped.has(id)).map(({ id }) => `${id} has no flip that it must notice`),
    ...rows.flatMap(([check, ...flips]) =>
      flips.filter((flip) => !noticed.has(`${check.id} ${nameOf({ era: eraOf(check), flip })}`)).map((flip) => `${check.id} does not notice ${flipText(flip)} on ${eraOf(check)}`),
    ),
    ...subjects.filter((subject) => !seen.has(subject) && !excused.has(subject)).map((subject) => `no check notices ${subject}`),
    ...excuses.filter(({ subject }) => seen.has(subject) || !subjects.includes(subject)).map(({ subject }) => `${subject} is excused in vain`),
  ];
}

/** Both sides of the table, and who is excused. */
export function killTable(checks: readonly Check[], outcomes: readonly Outcome[], excuses: readonly Excuse[]): string[] {
  const width = Math.max(...checks.map(({ id }) => id.length));
  return [
    "What each check notices:",
    ...checks.map(({ id }) => `  ${id.padEnd(width)}  ${outcomes.filter(({ noticed }) => noticed.includes(id)).map(({ mutant }) => nameOf(mutant)).join("; ") || "nothing"}`),
    "",
    "What notices each broken server:",
    ...outcomes.map((outcome) => `  ${nameOf(outcome.mutant)}: ${sightings(outcome).join("; ") || "nothing"}`),
    "",
    ...(excuses.length === 0 ? [] : ["Not for checks to notice:", ...excuses.map(({ subject, why }) => `  ${subject}: ${why}`), ""]),
  ];
}

/** `12 checks, 30 broken servers, 75 kills`. */
export function totals(checks: readonly Check[], outcomes: readonly Outcome[]): string {
  const kills = outcomes.reduce((sum, { noticed }) => sum + noticed.length, 0);
  return `${checks.length} checks, ${outcomes.length} broken servers, ${kills} kills`;
}

function sightings({ noticed, noted, undecided, ended }: Outcome): string[] {
  const named = (words: string, ids: readonly string[]) => (ids.length === 0 ? [] : [`${words}${ids.join(" ")}`]);
  return [...named("", noticed), ...named("noted by ", noted), ...named("not decided: ", undecided), ...(ended === undefined ? [] : [`nothing was checked: ${ended}`])];
}

function nameOf({ era, flip }: Mutant): string {
  return era === "2026-09" ? flipText(flip) : `--era ${era} ${flipText(flip)}`;
}
