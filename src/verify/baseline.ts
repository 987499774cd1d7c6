// Known failures that a team has accepted, each with a reason and a last day: a file in, a report with those failures marked
// out. Opens no file.

import { ConfigError, messageOf } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import type { Acceptance, Report } from "./result.ts";

export interface Accepted extends Acceptance {
  check: string;
  /** Last day of it, in UTC: `2027-01-31`. */
  expires: string;
}

const DAY_MS = 86_400_000;

/** `{"schemaVersion": 1, "accept": [{"check", "reason", "expires"}]}`. @throws ConfigError */
export function parseBaseline(text: string, path: string, ids: readonly string[]): Accepted[] {
  const wrong = (what: string) => new ConfigError(`Cannot use baseline "${path}": ${what}`);
  let file: { schemaVersion?: unknown; accept?: unknown };
  try {
    file = JSON.parse(text) as typeof file;
  } catch (error) {
    throw wrong(`expected JSON, got ${messageOf(error)}`);
  }
  if (file?.schemaVersion !== 1) throw wrong("expected schemaVersion 1");
  if (!Array.isArray(file.accept)) throw wrong('expected a list "accept"');
  const accepted = file.accept.map((one: Partial<Accepted> | null, at) => {
    const { check = "", reason = "", expires = "" } = one ?? {};
    const guess = typeof check === "string" ? nearest(check, ids) : undefined;
    const hint = guess === undefined ? "expected an id that --list shows" : `did you mean ${guess}?`;
    if (!ids.includes(check)) throw wrong(`entry ${at + 1} names no check: ${hint}`);
    if (typeof reason !== "string" || reason.trim() === "") throw wrong(`expected a reason for ${check}`);
    if (!isDay(expires)) throw wrong(`expected a day such as 2027-01-31 in expires of ${check}`);
    return { check, reason: reason.trim(), expires };
  });
  const twice = accepted.find(({ check }, at) => accepted.findIndex((other) => other.check === check) !== at);
  if (twice !== undefined) throw wrong(`expected one entry for ${twice.check}`);
  return accepted;
}

/**
 * Marks the failures that are accepted on this day, ms since the epoch; notes say which entries are over or needless. What is
 * over counts again, also where a lock knows it.
 */
export function withBaseline(report: Report, baseline: readonly Accepted[], nowMs: number): Report {
  const notes: string[] = [];
  const results = report.results.map((result) => {
    const entry = baseline.find(({ check }) => check === result.check.id);
    if (entry === undefined) return result;
    const { check, reason, expires } = entry;
    if (result.verdict === "pass") notes.push(`${check} holds, and needs no place in the baseline`);
    if (result.verdict !== "fail") return result;
    if (nowMs < Date.parse(expires) + DAY_MS) return { ...result, accepted: { reason, expires } };
    notes.push(`${check} was accepted until ${expires}, which is over: ${reason}`);
    const { accepted: _, ...counts } = result;
    return counts;
  });
  return { ...report, results, notes: [...(report.notes ?? []), ...notes] };
}

function isDay(text: unknown): text is string {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
