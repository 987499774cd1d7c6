// What of this program can be relied upon on a server, of what its checks came to. Pure.

import { type Feature, FEATURES, type Loss } from "./check.ts";
import { count, type Report } from "./result.ts";

export interface FeatureVerdict {
  feature: Feature;
  /** `unknown`: what it rests on was not checked. */
  safe: "yes" | "limited" | "no" | "unknown";
  /** One for each reason. */
  words: string[];
}

/** In the order of FEATURES; of the checks that were chosen. */
export function featureVerdicts({ results }: Pick<Report, "results">): FeatureVerdict[] {
  return FEATURES.map((feature) => {
    const rests = results.flatMap(({ check, verdict }) => {
      const loss = check.breaks[feature];
      return loss === undefined ? [] : [{ id: check.id, verdict, loss }];
    });
    const losses = rests.flatMap(({ verdict, loss }): Loss[] => (verdict === "fail" ? [loss] : []));
    if (losses.length > 0) return { feature, safe: losses.some(({ then }) => then === "no") ? "no" : "limited", words: [...new Set(losses.map(({ words }) => words))] };
    const undecided = rests.filter(({ verdict }) => verdict !== "pass").map(({ id }) => id);
    if (undecided.length > 0) return { feature, safe: "unknown", words: [`not decided: ${undecided.join(" ")}`] };
    return rests.length === 0 ? { feature, safe: "unknown", words: ["nothing of it was checked"] } : { feature, safe: "yes", words: [] };
  });
}

/** Nothing that was decided says no. */
export function holds(report: Pick<Report, "results">): boolean {
  return count(report, "fail") === 0 && count(report, "pass") > 0;
}
