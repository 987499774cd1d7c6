// Reports to be written in tests: checks of every verdict, and texts that a hostile server might send.

import type { Check, Severity } from "../../../src/verify/check.ts";
import type { Report, Result, Verdict } from "../../../src/verify/result.ts";

/** What ends a tag, a comment, a cell, a line, a workflow command, a TAP directive; and what XML forbids. */
export const HOSTILE = 'a "b" <c>&amp; ]]> | `d` 100% # TODO\n::error::e\r\n##[add-mask]f\u0000\u001b[31m\ud800 é 🙂\\';

export function checkOf(id: Check["id"], parts: Partial<Check> = {}): Check {
  const severity: Severity = "trouble";
  return {
    id, claim: `claim of ${id}`, matters: "what breaks", advice: "what to do", severity, source: "6.2 Lists and paging", eras: ["2026-09"],
    profile: "standard", needs: [], breaks: {}, run: () => Promise.resolve(), ...parts,
  };
}

export function resultOf(id: Check["id"], verdict: Verdict, seen = "", parts: Partial<Check> & Pick<Partial<Result>, "accepted" | "observed"> = {}): Result {
  const { accepted, observed = {}, ...check } = parts;
  const exchange = { request: "GET https://localhost/a", sent: HOSTILE, answer: "200", headers: { date: "now" }, body: HOSTILE, ms: 3 };
  const evidence = verdict === "fail" || verdict === "error" ? [exchange] : [];
  return { check: checkOf(id, check), verdict, seen, evidence, observed, ms: 1_234, ...(accepted && { accepted }) };
}

export function reportOf(results: readonly Result[], parts: Partial<Report> = {}): Report {
  return {
    server: "https://localhost:6446", serverVersion: "v12.4.0", apiVersion: "v0alpha1", flavour: "grafana", namespace: "scratch", profile: "standard",
    run: "verify-abc123", startedMs: Date.UTC(2026, 10, 24, 14), ms: 4_500, results, left: [], cut: undefined, ...parts,
  };
}

/** One of each verdict, and two failures of which the worse comes second. */
export const MIXED = reportOf([
  resultOf("LIST-001", "pass"),
  resultOf("LIST-002", "fail", HOSTILE, { severity: "oddity" }),
  resultOf("WATCH-001", "error", "no answer came"),
  resultOf("WATCH-002", "skip", "no second token # SKIP"),
  resultOf("WRITE-001", "fail", "two winners", { severity: "danger", breaks: { drive: { then: "no", words: "two workers can own one job" } } }),
  resultOf("WRITE-002", "fail", "as ever", { accepted: { reason: "known, see our list", expires: "2027-01-31" } }),
]);
