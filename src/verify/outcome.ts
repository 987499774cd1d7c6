// The answer to the one question of a run: can the server be relied upon? Pure.

import { count, type Report } from "./result.ts";

export interface Outcome {
  /** `unknown`: nothing speaks against it, but not all was decided. */
  answer: "yes" | "no" | "unknown";
  /** Follows `Yes: `, such as `all of 85 checks hold (2 skipped)`. */
  words: string;
}

export type Judged = Pick<Report, "results" | "cut" | "changes">;

/** Failures that are neither accepted nor known from the lock. */
export function failures({ results }: Pick<Report, "results">): number {
  return results.filter(({ verdict, accepted }) => verdict === "fail" && accepted === undefined).length;
}

/** Checks that came to a verdict. */
export function decided(report: Pick<Report, "results">): number {
  return count(report, "pass") + count(report, "fail");
}

export function outcomeOf(report: Judged): Outcome {
  const { cut, changes } = report;
  const [failed, undecided, skipped, all] = [failures(report), count(report, "error"), count(report, "skip"), decided(report)];
  const accepted = count(report, "fail") - failed;
  const aside = [[accepted, "accepted"], [undecided, "not decided"], [skipped, "skipped"]] as const;
  const tail = aside.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`).join(", ");
  const say = (answer: Outcome["answer"], words: string): Outcome => ({ answer, words: tail === "" ? words : `${words} (${tail})` });
  const changed = changes?.length ?? 0;
  if (failed > 0) return say("no", `${failed} of ${all} checks ${failed === 1 ? "fails" : "fail"}`);
  if (changed > 0) return say("no", `${changed} ${changed === 1 ? "thing has" : "things have"} changed since the lock`);
  if (all === 0) return say("unknown", "nothing was checked");
  const held = all - accepted;
  if (cut !== undefined || undecided > 0) {
    return say("unknown", `${held} of ${report.results.length - skipped} checks hold, and not all were decided`);
  }
  if (changes !== undefined) return say("yes", `nothing has changed since the lock, ${held} of ${all} checks hold`);
  if (all === 1 && accepted === 0) return say("yes", "the one check holds");
  return say("yes", accepted === 0 ? `all of ${all} checks hold` : `${held} of ${all} checks hold`);
}
