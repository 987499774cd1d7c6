// The checks themselves put to the test: each on servers that are broken where it must notice, and on healthy ones where it
// must not. In: how many healthy runs. Out: lines for people, and whether all is as it should be.

import { formatDuration } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";
import { DEFAULT_ERA, ROWS } from "../devserver/behaviour/eras.ts";
import { FAULTS } from "../devserver/behaviour/faults/table.ts";
import type { Row } from "../devserver/behaviour/rows.ts";
import type { Check } from "../verify/check.ts";
import { CHECK_LIMIT_MS } from "../verify/run-checks.ts";
import { EXCUSES } from "./excuses.ts";
import { fastClock } from "./fast-clock.ts";
import type { Row as FlipRow } from "./flip.ts";
import { healthyRun, type Run } from "./healthy.ts";
import { complaintsOf, expectedOf, killTable, type Mutant, mutantsOf, type Outcome, totals } from "./kill-table.ts";
import { FLIPPED_PATIENCE_MS, type Lent, SPEED, takesLong, tryChecks } from "./trial.ts";

export interface SelfTestOptions extends Lent {
  checks: readonly Check[];
  /** What each of them must notice. */
  rows: readonly FlipRow[];
  /** Whether rows and faults must all be noticed, as by the whole table of checks. */
  whole: boolean;
  healthyRuns: number;
  /** Servers at a time. */
  servers: number;
  signal: AbortSignal;
  /** Told how far it is, a sentence each. */
  say: (line: string) => void;
}

export interface SelfTest {
  lines: string[];
  passed: boolean;
}

/** Longest time of a check on a broken server, and of all of them together, ms. */
const BROKEN_LIMIT_MS = 6_000;
const BROKEN_TIMEOUT_MS = 90_000;
const SAY_EVERY = 25;

export async function selfTest(options: SelfTestOptions): Promise<SelfTest> {
  const { checks, rows, whole, healthyRuns, clock } = options;
  const startedMs = clock.monotonic();
  const outcomes = await inTurn(mutantsOf(rows, whole ? ROW_MUTANTS : []), "broken servers", options, (mutant) => outcomeOf(mutant, options));
  const runs = await inTurn(Array.from({ length: healthyRuns }, (_, number) => number), "healthy runs", options, (number) => healthyRun(checks, options, number));
  const excuses = whole ? EXCUSES : [];
  const complaints = [...complaintsOf(checks, rows, outcomes, whole ? SUBJECTS : [], excuses), ...runs.flatMap(alarms)];
  const took = formatDuration(Math.round(clock.monotonic() - startedMs));
  const healthy = `${runs.length} healthy runs, ${runs.flatMap(alarms).length} false alarms`;
  const verdict = complaints.length === 0 ? "Yes: the checks can be believed" : `No: ${complaints.length} complaints about the checks`;
  return {
    lines: [...killTable(checks, outcomes, excuses), ...complaints, `${verdict} (${totals(checks, outcomes)}; ${healthy}; ${took})`],
    passed: complaints.length === 0,
  };
}

/** Names of all rows and faults. */
const SUBJECTS: readonly string[] = [...Object.values(ROWS).map(({ name }) => name), ...FAULTS.map(({ name }) => name)];

/** Every other value of a row that has few. */
const ROW_MUTANTS: readonly Mutant[] = Object.values(ROWS as Readonly<Record<string, Row<unknown>>>).flatMap(({ name, short = "", values, format }) => {
  const words = short.split("|");
  return words.length === 1 ? [] : words.filter((word) => word !== format(values[DEFAULT_ERA])).map((word) => ({ era: DEFAULT_ERA, flip: { set: `${name}=${word}` } }));
});

/** All checks beside each other, but those that take long; who had to notice and did not, as where others came first, once more alone. */
async function outcomeOf(mutant: Mutant, { checks, rows, ...lent }: SelfTestOptions): Promise<Outcome> {
  const together = await broken(checks.filter((check) => check.eras.includes(mutant.era) && !takesLong(check)), mutant, lent);
  const again = expectedOf(rows, mutant).filter(({ id }) => !together.noticed.includes(id));
  const alone: Outcome[] = [];
  for (const check of again) alone.push(await broken([check], mutant, lent, takesLong(check) ? SPEED : 1));
  return { ...together, noticed: [...together.noticed, ...alone.flatMap(({ noticed }) => noticed)] };
}

/** `speed`: so many seconds of all clocks pass in one; limits of checks stay what they are in our own. */
async function broken(checks: readonly Check[], mutant: Mutant, lent: Lent, speed = 1): Promise<Outcome> {
  const { era, flip } = mutant;
  const tried = checks.map((check) => ({ ...check, limitMs: speed * (takesLong(check) ? CHECK_LIMIT_MS : BROKEN_LIMIT_MS) }));
  try {
    const patience = { patienceMs: FLIPPED_PATIENCE_MS * speed, timeoutMs: BROKEN_TIMEOUT_MS * speed };
    const { results } = await tryChecks(tried, { ...lent, clock: fastClock(lent.clock, speed) }, { era, flip, ...patience });
    const ids = (verdict: string) => results.filter((result) => result.verdict === verdict).map(({ check }) => check.id);
    return { mutant, noticed: ids("fail"), undecided: ids("error"), ended: undefined };
  } catch (error) {
    return { mutant, noticed: [], undecided: [], ended: messageOf(error) };
  }
}

function alarms({ era, hardship, alarms: found }: Run): string[] {
  return found.map((alarm) => `False alarm on ${era}, ${hardship}: ${alarm}`);
}

/** Some at a time, results in order. @throws the reason of the signal */
async function inTurn<One, Result>(all: readonly One[], what: string, { servers, signal, say }: SelfTestOptions, use: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (let index = next++; index < all.length; index = next++) {
      signal.throwIfAborted();
      results[index] = await use(all[index] as One);
      done++;
      if (done % SAY_EVERY === 0) say(`${done} of ${all.length} ${what}`);
    }
  };
  await Promise.all(Array.from({ length: servers }, lane));
  return results;
}
