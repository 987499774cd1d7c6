// Checks and grounds to results: some at a time, those that load the server alone, each within its limit, and each cleaned
// up within a limit of its own that cannot change its verdict. Sends nothing itself.

import { after, type Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";
import { someAtOnce } from "../base/tasks.ts";
import { type Check, Refuted, Unfit } from "./check.ts";
import type { Result, Verdict } from "./result.ts";
import type { Place } from "./place.ts";
import type { Exchange } from "./wire.ts";

export interface RunOptions {
  clock: Clock;
  /** Ends the run: what has not been decided by then is an error. */
  signal: AbortSignal;
  /** Checks at a time. */
  lanes: number;
  /** Why a check is not tried here; undefined if it is. */
  unfit: (check: Check) => string | undefined;
  /** A place for a check, whose requests end with the signal and go to `evidence`. @throws Unfit */
  placeFor: (check: Check, signal: AbortSignal, evidence: Exchange[]) => Place;
  /** Leaves a place within the limit. What stays behind, and why. */
  leave: (place: Place, limitMs: number) => Promise<string[]>;
  /** Takes secrets out of texts. */
  clean: (text: string) => string;
  /** Told where it is as each check begins. */
  onStep?: (step: Step) => void;
}

/** How far a run of checks is. */
export interface Step {
  /** Begins now. */
  check: Check;
  all: number;
  done: number;
  failed: number;
}

export const CHECK_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 10_000;
/** Characters of what was seen; the evidence has more. */
const SEEN_MAX = 1_000;

/** Results in the order of `checks`. Never rejects for what a check throws. */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<{ results: Result[]; left: string[] }> {
  const results = new Map<Check, Result>();
  const left: string[] = [];
  let failed = 0;
  const one = async (check: Check) => {
    options.onStep?.({ check, all: checks.length, done: results.size, failed });
    const { result, stays } = await runCheck(check, options);
    results.set(check, result);
    if (result.verdict === "fail") failed++;
    left.push(...stays);
  };
  await someAtOnce(checks.filter(({ alone }) => alone === undefined), options.lanes, one);
  for (const check of checks.filter(({ alone }) => alone === true)) await one(check);
  return { results: checks.flatMap((check) => results.get(check) ?? []), left };
}

async function runCheck(check: Check, options: RunOptions): Promise<{ result: Result; stays: string[] }> {
  const { clock, signal } = options;
  const evidence: Exchange[] = [];
  const startedMs = clock.monotonic();
  let place: Place | undefined;
  const resultOf = (verdict: Verdict, seen: string): Result => ({
    check,
    verdict,
    seen: options.clean(seen).slice(0, SEEN_MAX),
    evidence: verdict === "pass" || verdict === "skip" ? [] : structuredClone(evidence),
    observed: Object.fromEntries(Object.entries(place?.observed ?? {}).map(([what, value]) => [what, options.clean(value)])),
    ms: Math.round(clock.monotonic() - startedMs),
  });
  const why = options.unfit(check);
  if (why !== undefined) return { result: resultOf("skip", why), stays: [] };
  if (signal.aborted) return { result: resultOf("error", `not tried: ${messageOf(signal.reason)}`), stays: [] };

  const over = new AbortController();
  const limitMs = check.limitMs ?? CHECK_LIMIT_MS;
  const limited = AbortSignal.any([signal, over.signal]);
  let result: Result;
  const done = after(clock, limitMs, () => over.abort(new Error(`not decided within ${formatDuration(limitMs)}`)));
  try {
    place = options.placeFor(check, limited, evidence);
    await Promise.race([check.run(place), aborted(limited)]);
    result = resultOf("pass", "");
  } catch (error) {
    result = resultOf(...judged(error, limited));
  } finally {
    done();
    over.abort(new Error("the check is over"));
  }
  if (place === undefined) return { result, stays: [] };
  const stays = await options.leave(place, LEAVE_LIMIT_MS).catch((error: unknown) => [`something of ${check.id} (${messageOf(error)})`]);
  return { result, stays };
}

function judged(error: unknown, signal: AbortSignal): [Verdict, string] {
  if (error instanceof Refuted) return ["fail", error.message];
  if (error instanceof Unfit) return ["skip", error.message];
  return ["error", signal.aborted ? messageOf(signal.reason) : messageOf(error)];
}

function aborted(signal: AbortSignal): Promise<never> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
