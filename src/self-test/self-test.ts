// The checks themselves put to the test: each on servers that are broken where it must notice, and on healthy ones where it
// must not. In: how many healthy runs. Out: lines for people, and whether all is as it should be.

import { formatDuration } from "../base/duration.ts";
import { someAtOnce } from "../base/tasks.ts";
import { ROWS } from "../devserver/behaviour/eras.ts";
import { FAULTS } from "../devserver/behaviour/faults/table.ts";
import type { Check } from "../verify/check.ts";
import { breaker, ROW_MUTANTS } from "./broken.ts";
import { EXCUSES } from "./excuses.ts";
import type { Row } from "./flip.ts";
import { healthyRun, type Run } from "./healthy.ts";
import { complaintsOf, killTable, mutantsOf, totals } from "./kill-table.ts";
import type { Lent } from "./trial.ts";

export interface SelfTestOptions extends Lent {
  checks: readonly Check[];
  /** What each of them must notice. */
  rows: readonly Row[];
  /** Whether rows and faults must all be noticed, as by the whole table of checks. */
  whole: boolean;
  healthyRuns: number;
  /** Servers at a time. */
  servers: { broken: number; healthy: number };
  signal: AbortSignal;
  /** Told how far it is, and each false alarm as it comes; a sentence each. */
  say: (line: string) => void;
}

export interface SelfTest {
  lines: string[];
  passed: boolean;
}

const SAY_EVERY = 25;

export async function selfTest(options: SelfTestOptions): Promise<SelfTest> {
  const { checks, rows, whole, healthyRuns, servers, clock, say } = options;
  const startedMs = clock.monotonic();
  const outcomes = await inTurn(mutantsOf(rows, whole ? ROW_MUTANTS : []), servers.broken, "broken servers", options, breaker(checks, rows, options));
  const runs = await inTurn([...Array(healthyRuns).keys()], servers.healthy, "healthy runs", options, async (number) => {
    const run = await healthyRun(checks, options, number);
    for (const line of alarms(run)) say(line);
    return run;
  });
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
export const SUBJECTS: readonly string[] = [...Object.values(ROWS).map(({ name }) => name), ...FAULTS.map(({ name }) => name)];

function alarms({ era, hardship, alarms: found }: Run): string[] {
  return found.map((alarm) => `False alarm on ${era}, ${hardship}: ${alarm}`);
}

/** `count` at a time, results in order. @throws the reason of the signal */
function inTurn<One, Result>(all: readonly One[], count: number, what: string, { signal, say }: SelfTestOptions, use: (one: One) => Promise<Result>): Promise<Result[]> {
  let done = 0;
  return someAtOnce(all, count, async (one) => {
    signal.throwIfAborted();
    const result = await use(one);
    done++;
    if (done % SAY_EVERY === 0) say(`${done} of ${all.length} ${what}`);
    return result;
  });
}
