// A run as rows of equal form, one for each check, for the lock, and for a run that came to nothing, of which the reports for
// machines are made. Pure.

import { areaOf, SEVERITIES } from "../check.ts";
import { decided } from "../outcome.ts";
import type { Report, Result, Verdict } from "../result.ts";
import type { Exchange } from "../wire.ts";
import { counted } from "./text.ts";

export interface Row {
  id: string;
  area: string;
  claim: string;
  /** `accepted`: it fails, as was expected. */
  verdict: Verdict | "accepted";
  /** One line: what was seen, or why it was skipped, accepted, or could not be told; "" of a pass. */
  text: string;
  /** What a person needs beside it. */
  details: readonly string[];
  ms: number;
}

/** In the order of the table, what is no check last. A report without failures would be a good one: nothing checked is an error. */
export function rowsOf(report: Report): Row[] {
  const text = report.cut ?? "no check came to a verdict";
  const nothing: Row = { id: "RUN", area: "RUN", claim: "something was checked", verdict: "error", text, details: [], ms: report.ms };
  return [...report.results.map(rowOf), ...lockRow(report), ...(decided(report) === 0 ? [nothing] : [])];
}

function lockRow({ changes }: Report): Row[] {
  if (changes === undefined) return [];
  const verdict = changes.length === 0 ? "pass" : "fail";
  const text = changes.length === 0 ? "" : `${counted(changes.length, "change")}: ${changes.join("; ")}`;
  return [{ id: "LOCK", area: "LOCK", claim: "nothing has changed since the lock", verdict, text, details: changes, ms: 0 }];
}

/** Failures, worst first. */
export function failed({ results }: Pick<Report, "results">): Result[] {
  const rank = ({ check }: Result) => SEVERITIES.indexOf(check.severity);
  return results.filter(({ verdict, accepted }) => verdict === "fail" && accepted === undefined).toSorted((a, b) => rank(a) - rank(b));
}

/** `until 2027-01-31: why`. */
export function acceptedWords({ accepted }: Result): string {
  if (accepted === undefined) return "";
  return accepted.expires === undefined ? accepted.reason : `until ${accepted.expires}: ${accepted.reason}`;
}

function rowOf(result: Result): Row {
  const { check, seen, evidence, ms } = result;
  const verdict = result.accepted === undefined ? result.verdict : "accepted";
  const text = verdict === "accepted" ? `accepted ${acceptedWords(result)}; seen: ${seen}` : seen;
  const about = [`breaks: ${check.matters}`, `do: ${check.advice}`, `severity: ${check.severity}`, `source: ${check.source}`];
  const details = verdict === "pass" || verdict === "skip" ? [] : [...(verdict === "error" ? [] : about), ...evidence.flatMap(exchange)];
  return { id: check.id, area: areaOf(check), claim: check.claim, verdict, text, details, ms };
}

function exchange({ request, sent, answer, body, ms }: Exchange): string[] {
  return [`${request} -> ${answer} (${ms} ms)`, ...(sent === undefined ? [] : [`  sent: ${sent}`]), ...(body === "" ? [] : [`  body: ${body}`])];
}
