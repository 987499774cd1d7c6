// What of this program can be relied upon on a server, of what its checks came to. Pure.

import { type Check, type Feature, FEATURES, type Loss } from "./check.ts";
import { named } from "./reports/text.ts";
import type { Report, Verdict } from "./result.ts";

export interface FeatureVerdict {
  feature: Feature;
  /** `unknown`: what it rests on was not checked. */
  safe: "yes" | "limited" | "no" | "unknown";
  /** One for each reason. */
  words: string[];
}

const ANSWERS: Readonly<Record<FeatureVerdict["safe"], string>> = { yes: "yes", limited: "limited", no: "no", unknown: "not known" };

/** `run: limited, notifications come late`: one for each feature, in their order. */
export function featureLines(report: Judged): string[] {
  return featureVerdicts(report).map(({ feature, safe, words }) => `${feature}: ${[ANSWERS[safe], ...words].join(", ")}`);
}

type Judged = Pick<Report, "results" | "omitted" | "profile">;

/** In the order of FEATURES. What nothing speaks against is unknown while checks of it were left out. */
export function featureVerdicts({ results, omitted = [], profile }: Judged): FeatureVerdict[] {
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
    const idsOf = (wanted: Verdict) => rests.filter(({ verdict }) => verdict === wanted).map(({ id }) => id);
    const [held, undecided, skipped] = [idsOf("pass"), idsOf("error"), idsOf("skip")];
    if (undecided.length > 0) return { feature, safe: "unknown", words: [`not decided: ${named(undecided)}`] };
    const leftOut = omitted.filter(({ breaks }) => breaks[feature] !== undefined);
    if (leftOut.length > 0) return { feature, safe: "unknown", words: soFar(held.length, rests.length, leftOut, profile) };
    if (held.length === 0) return { feature, safe: "unknown", words: ["nothing that it rests on was checked"] };
    return { feature, safe: "yes", words: skipped.length === 0 ? [] : [`as far as was checked, without ${named(skipped)}`] };
  });
}

/** What a part of the checks has shown, and what the rest takes. */
function soFar(held: number, tried: number, leftOut: readonly Check[], profile: string): string[] {
  const all = tried + leftOut.length;
  const shallow = profile === "smoke" && leftOut.every((check) => check.profile !== "smoke");
  return [
    held === 0 ? `none of ${all} checks was tried` : `${held} of ${all} checks passed`,
    shallow ? `${leftOut.length} only with --profile=standard` : `${leftOut.length} left out`,
  ];
}
