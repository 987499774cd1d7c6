// What of this program can be relied upon on a server, of what its checks came to. Pure.

import { type Feature, FEATURES, type Loss } from "./check.ts";
import type { Report, Verdict } from "./result.ts";

export interface FeatureVerdict {
  feature: Feature;
  /** `unknown`: what it rests on was not checked. */
  safe: "yes" | "limited" | "no" | "unknown";
  /** One for each reason. */
  words: string[];
}

/** In the order of FEATURES. What nothing speaks against is unknown while checks of it were left out. */
export function featureVerdicts({ results, omitted = [] }: Pick<Report, "results" | "omitted">): FeatureVerdict[] {
  return FEATURES.map((feature) => {
    const rests = results.flatMap(({ check, verdict }) => {
      const loss = check.breaks[feature];
      return loss === undefined ? [] : [{ id: check.id, verdict, loss }];
    });
    const losses = rests.flatMap(({ verdict, loss }): Loss[] => (verdict === "fail" ? [loss] : []));
    if (losses.length > 0) {
      const safe = losses.some(({ then }) => then === "no") ? "no" : "limited";
      return { feature, safe, words: [...new Set(losses.map(({ words }) => words))] };
    }
    const idsOf = (...verdicts: readonly Verdict[]) => rests.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id).join(" ");
    const [held, undecided, skipped] = [idsOf("pass"), idsOf("error"), idsOf("skip")];
    if (undecided !== "") return { feature, safe: "unknown", words: [`not decided: ${undecided}`] };
    const leftOut = omitted.filter(({ breaks }) => breaks[feature] !== undefined).length;
    const soFar = `nothing speaks against it so far, ${leftOut} of ${leftOut + rests.length} checks were left out`;
    if (leftOut > 0) return { feature, safe: "unknown", words: [soFar] };
    if (held === "") return { feature, safe: "unknown", words: ["nothing that it rests on was checked"] };
    return { feature, safe: "yes", words: skipped === "" ? [] : [`as far as was checked, without ${skipped}`] };
  });
}
