// How a server was seen to behave, as a file that people review and the next run compares itself with. Opens no file.

import { ConfigError, messageOf } from "../base/errors.ts";
import { alike } from "./bands.ts";
import { named } from "./reports/text.ts";
import type { Report, Result, Verdict } from "./result.ts";

export interface Lock {
  schemaVersion: 1;
  /** What the server is, by name. */
  server: Readonly<Record<string, string>>;
  /** By id, in the order of the table. */
  checks: Readonly<Record<string, Locked>>;
}

export interface Locked {
  verdict: Exclude<Verdict, "error">;
  /** What was noted of the server's ways, by name. */
  observed?: Readonly<Record<string, string>>;
}

/** What could not be decided is left out. */
export function lockOf(report: Report): Lock {
  const checks = report.results.flatMap(({ check, verdict, observed }): [string, Locked][] => {
    if (verdict === "error") return [];
    return [[check.id, { verdict, ...(Object.keys(observed).length > 0 && { observed: sorted(observed) }) }]];
  });
  return { schemaVersion: 1, server: serverOf(report), checks: Object.fromEntries(checks) };
}

/** A line for each check, so that a change is a line, too. */
export function lockText({ schemaVersion, server, checks }: Lock): string {
  const rows = Object.entries(checks).map(([id, locked]) => `    ${JSON.stringify(id)}: ${JSON.stringify(locked)}`);
  return `{\n  "schemaVersion": ${schemaVersion},\n  "server": ${JSON.stringify(server)},\n  "checks": {\n${rows.join(",\n")}\n  }\n}\n`;
}

/** @throws ConfigError */
export function parseLock(text: string, path: string): Lock {
  let lock: Partial<Lock> | null;
  try {
    lock = JSON.parse(text) as Partial<Lock> | null;
  } catch (error) {
    throw new ConfigError(`Cannot use lock "${path}": expected JSON, got ${messageOf(error)}`);
  }
  if (lock?.schemaVersion !== 1 || !isObject(lock.server) || !isObject(lock.checks) || !Object.values(lock.checks).every(isObject)) {
    throw new ConfigError(`Cannot use lock "${path}": expected what --lock has written, with schemaVersion 1`);
  }
  return lock as Lock;
}

/** Marks failures that were there before, and names what differs. Checks that only one side has decided are no change, unless that is all of them. */
export function withLock(report: Report, lock: Lock, path: string): Report {
  const changes = differences("server", lock.server, serverOf(report));
  const news = report.results.filter(({ check, verdict }) => verdict !== "error" && lock.checks[check.id] === undefined).map(({ check }) => check.id);
  const known = report.results.some(({ check }) => lock.checks[check.id] !== undefined);
  if (news.length > 0 && !known) changes.push(`${path} knows none of these checks`);
  const results = report.results.map((result) => {
    const before = lock.checks[result.check.id];
    if (before === undefined || result.verdict === "error") return result;
    changes.push(...changesOf(result, before));
    return result.verdict === "fail" && before.verdict === "fail" ? { ...result, accepted: { reason: `as in ${path}` } } : result;
  });
  const notes = news.length > 0 && known ? [`${path} knows nothing of ${named(news)}: delete it to begin anew`] : [];
  return { ...report, results, changes, notes: [...(report.notes ?? []), ...notes] };
}

function changesOf({ check, verdict, observed }: Result, before: Locked): string[] {
  if (verdict !== before.verdict) return [`${check.id}: was ${before.verdict}, now it is ${verdict}`];
  return differences(check.id, before.observed ?? {}, observed);
}

/** Another version of this program may note other things: a name that only one side has is no change. */
function differences(where: string, before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return Object.entries(now).flatMap(([what, is]) => {
    const was = before[what];
    return was === undefined || alike(was, is) ? [] : [`${where}: ${what} was "${was}", now it is "${is}"`];
  });
}

function serverOf({ serverVersion, apiVersion, flavour }: Report): Record<string, string> {
  return { version: serverVersion, api: apiVersion, flavour };
}

function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
