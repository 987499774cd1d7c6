// Protocol v1 between controller and worker, one JSON object a line: what a worker's line says, and the lines that it is
// sent. Whatever is no such line is talk. WORKERS.md describes the same for people.

import { LOG_LEVELS } from "../base/log.ts";
import {
  RESOURCE_ACTIONS,
  SUMMARY_COUNTERS,
  URL_FIELDS,
  WORK_STATES,
  type WorkLog,
  type WorkNote,
  type WorkOrder,
  type WorkResult,
  type WorkSummary,
  type WorkUpdate,
  type WorkUrls,
} from "./worker.ts";

export const PROTOCOL = 1;
/** Longest line taken as one of the protocol, bytes; a result may carry the summary of a large job. */
export const LINE_MAX = 1024 * 1024;
/** Longest text taken, characters; the rest is cut off. */
export const TEXT_MAX = 4_096;

export type ReportedResult = Omit<WorkResult & { kind: "done" }, "kind">;

export type WorkerLine =
  | { kind: "update"; update: WorkUpdate }
  | { kind: "result"; result: ReportedResult }
  /** A result was given, but it cannot be told which. */
  | { kind: "bad-result"; why: string }
  | { kind: "log"; log: WorkLog };

type Fields = Readonly<Record<string, unknown>>;

/** What a line on standard output says. Fields that are not known are ignored, so that workers may be newer than we are. */
export function readWorkerLine(text: string): WorkerLine {
  const fields = text.startsWith("{") ? objectOf(text) : undefined;
  switch (fields?.["type"]) {
    case "progress":
      return progressOf(fields);
    case "resource":
      return resourceOf(fields);
    case "result":
      return resultOf(fields);
    case "log":
      return log({ level: wordOf(fields["level"], LOG_LEVELS) ?? "info", text: textOf(fields["message"]) ?? "", source: "protocol" });
    default:
      return log({ level: "info", text: cut(text), source: "stdout" });
  }
}

function objectOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function progressOf(fields: Fields): WorkerLine {
  const percent = numberOf(fields["percent"]);
  return {
    kind: "update",
    update: {
      kind: "progress",
      message: textOf(fields["message"]),
      percent: percent === undefined ? undefined : Math.min(100, percent),
      total: countOf(fields["total"]),
    },
  };
}

function resourceOf(fields: Fields): WorkerLine {
  const action = wordOf(fields["action"], RESOURCE_ACTIONS);
  if (action === undefined) return unreadable(fields, "action", RESOURCE_ACTIONS);
  const [group, kind, name, path, error, warning] = ["group", "kind", "name", "path", "error", "warning"].map((key) => textOf(fields[key]));
  return { kind: "update", update: { kind: "resource", resource: { action, group, kind, name, path, error, warning } } };
}

function resultOf(fields: Fields): WorkerLine {
  const state = wordOf(fields["state"], WORK_STATES);
  if (state === undefined) return { kind: "bad-result", why: wrongWord(fields, "state", WORK_STATES) };
  return {
    kind: "result",
    result: {
      state,
      message: textOf(fields["message"]),
      errors: listOf(fields["errors"]).flatMap(noteOf),
      warnings: listOf(fields["warnings"]).flatMap(noteOf),
      summary: Array.isArray(fields["summary"]) ? fields["summary"].flatMap(summaryOf) : undefined,
      urls: urlsOf(fields["url"]),
    },
  };
}

function noteOf(value: unknown): WorkNote[] {
  if (typeof value === "string") return [{ message: cut(value) }];
  const { message, path } = (value ?? {}) as Fields;
  const text = textOf(message);
  return text === undefined ? [] : [{ message: text, path: textOf(path) }];
}

function summaryOf(value: unknown): WorkSummary[] {
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Fields;
  const row: WorkSummary = { group: textOf(fields["group"]), kind: textOf(fields["kind"]) };
  for (const counter of SUMMARY_COUNTERS) row[counter] = countOf(fields[counter]);
  for (const list of ["errors", "warnings"] as const) {
    const texts = listOf(fields[list]).flatMap((one) => textOf(one) ?? []);
    if (texts.length > 0) row[list] = texts;
  }
  return [row];
}

/** People follow these links: nothing but the web is taken. */
function urlsOf(value: unknown): WorkUrls | undefined {
  const urls: WorkUrls = {};
  for (const field of URL_FIELDS) {
    const text = ((value ?? {}) as Fields)[field];
    if (typeof text === "string" && text.length <= TEXT_MAX && /^https?:\/\/[^\s]+$/.test(text)) urls[field] = text;
  }
  return Object.keys(urls).length === 0 ? undefined : urls;
}

function unreadable(fields: Fields, field: string, words: readonly string[]): WorkerLine {
  return log({ level: "warn", text: `Cannot read a ${String(fields["type"])} line: ${wrongWord(fields, field, words)}`, source: "guard" });
}

function wrongWord(fields: Fields, field: string, words: readonly string[]): string {
  return `expected "${field}" to be one of ${words.join(", ")}, got ${cut(JSON.stringify(fields[field]) ?? "none", 100)}`;
}

function log(line: WorkLog): WorkerLine {
  return { kind: "log", log: line };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordOf<W extends string>(value: unknown, words: readonly W[]): W | undefined {
  return words.find((word) => word === value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? cut(value) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function countOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || number > Number.MAX_SAFE_INTEGER ? undefined : Math.floor(number);
}

/** At most `max` characters, with a mark where something is missing. */
export function cut(text: string, max = TEXT_MAX): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The first line on a worker's standard input. */
export function jobLine({ attempt, job }: Pick<WorkOrder, "attempt" | "job">, remainingMs: number): string {
  return line({ type: "job", protocol: PROTOCOL, attempt, lease: { remainingMs: wholeMs(remainingMs) }, job });
}

/** The lease was renewed. */
export function leaseLine(remainingMs: number): string {
  return line({ type: "lease", remainingMs: wholeMs(remainingMs) });
}

/** The work is to stop; SIGTERM follows after `graceMs`. */
export function cancelLine(reason: string, graceMs: number): string {
  return line({ type: "cancel", reason, graceMs });
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
