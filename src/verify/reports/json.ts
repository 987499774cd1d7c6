// A run as JSON, as schemas/verify-report.v1.json describes it: the keys and their order are kept, new ones may come. Pure.

import { areaOf } from "../check.ts";
import { featureVerdicts } from "../features.ts";
import { failures, outcomeOf } from "../outcome.ts";
import { count, type Report } from "../result.ts";

export interface Ending {
  exitCode: number;
  /** Why, in a sentence. */
  reason: string;
}

/** One object, indented, with a newline at its end. */
export function jsonReport(report: Report, { exitCode, reason }: Ending): string {
  const { server, serverVersion, apiVersion, flavour, namespace, profile, run, startedMs, ms, results, left, cut, changes, notes } = report;
  const value = {
    schemaVersion: 1,
    exitCode,
    reason,
    summary: summaryOf(report),
    server: { url: server, version: serverVersion, api: apiVersion, flavour },
    run: { name: run, namespace, profile, started: new Date(startedMs).toISOString(), seconds: ms / 1_000, cut: cut ?? null },
    features: featureVerdicts(report).map(({ feature, safe, words }) => ({ feature, safe, words })),
    changes: changes ?? null,
    notes: notes ?? [],
    left,
    checks: results.map(({ check, verdict, seen, accepted, observed, evidence, ms: took }) => ({
      id: check.id,
      area: areaOf(check),
      claim: check.claim,
      severity: check.severity,
      source: check.source,
      needs: check.needs,
      verdict,
      seen,
      accepted: accepted ?? null,
      matters: check.matters,
      advice: check.advice,
      seconds: took / 1_000,
      observed,
      evidence,
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The answer, and how many checks came to what; `failed` without what was accepted. */
export function summaryOf(report: Report) {
  const failed = failures(report);
  return {
    answer: outcomeOf(report).answer,
    checks: report.results.length,
    passed: count(report, "pass"),
    failed,
    accepted: count(report, "fail") - failed,
    undecided: count(report, "error"),
    skipped: count(report, "skip"),
  };
}
