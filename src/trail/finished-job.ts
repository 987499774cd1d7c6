// A HistoricJob to the facts that people ask for. Nothing of it is trusted: any field may be missing or of another type,
// and a record may have been written by anybody.

import { type HistoricJob, LABEL_ORIGINAL_UID } from "../provisioning.ts";

/** Resources by what became of them, all parts of a job together. */
export interface Changes {
  total: number;
  created: number;
  updated: number;
  deleted: number;
  /** Files, in the repository. */
  written: number;
  unchanged: number;
  failed: number;
  warned: number;
}

export interface FinishedJob {
  namespace: string;
  /** Name of the job, as it was queued. */
  job: string;
  repository: string;
  action: string;
  /** `success`, `warning`, `error`, or whatever the record says. */
  outcome: string;
  message: string;
  /** ms since the epoch, as are `finishedMs` and `recordedMs`. */
  startedMs: number | undefined;
  finishedMs: number | undefined;
  /** When the record was made. */
  recordedMs: number | undefined;
  /** Undefined where the record has no summary. */
  changes: Changes | undefined;
  /** Of the job, then of its parts. */
  errors: string[];
  warnings: string[];
  urls: Partial<Record<UrlName, string>>;
  /** Of the job, not of the record. */
  uid: string;
  /** Name of the record. */
  record: string;
}

/** The nearest to what the job did first. */
export const URL_NAMES = ["newPullRequestURL", "compareURL", "sourceURL", "repositoryURL"] as const;
export type UrlName = (typeof URL_NAMES)[number];

type Fields = Record<string, unknown>;

export function finishedJob(record: HistoricJob): FinishedJob {
  const metadata = fieldsOf(record.metadata);
  const spec = fieldsOf(record.spec);
  const status = fieldsOf(record.status);
  const summary = listOf(status["summary"]).map(fieldsOf);
  const uid = textOf(fieldsOf(metadata["labels"])[LABEL_ORIGINAL_UID]);
  const name = textOf(metadata["name"]);
  const said = fieldsOf(status["url"]);
  return {
    namespace: textOf(metadata["namespace"]),
    job: originalName(name, uid),
    repository: textOf(spec["repository"]),
    action: textOf(spec["action"]),
    outcome: textOf(status["state"]),
    message: textOf(status["message"]),
    startedMs: momentOf(status["started"]),
    finishedMs: momentOf(status["finished"]),
    recordedMs: dateOf(metadata["creationTimestamp"]),
    changes: summary.length === 0 ? undefined : changesOf(summary),
    errors: textsOf("errors", status, summary),
    warnings: textsOf("warnings", status, summary),
    urls: Object.fromEntries(URL_NAMES.flatMap((key) => (textOf(said[key]) === "" ? [] : [[key, textOf(said[key])]]))),
    uid,
    record: name,
  };
}

/** When it ended, or else when that was recorded; ms since the epoch. */
export function endedMs({ finishedMs, recordedMs }: FinishedJob): number | undefined {
  return finishedMs ?? recordedMs;
}

/** How long it took, ms. */
export function durationMs({ startedMs, finishedMs }: FinishedJob): number | undefined {
  return startedMs === undefined || finishedMs === undefined || finishedMs < startedMs ? undefined : finishedMs - startedMs;
}

/** What a person looks for: the first error, else why the job failed, else the first warning; empty where all is well. */
export function firstError({ errors, warnings, outcome, message }: FinishedJob): string {
  return errors[0] ?? (outcome === "error" ? message : undefined) ?? warnings[0] ?? "";
}

// src: k8s.io/apimachinery pkg/util/rand for the five characters that generateName adds; ours ends in the job's uid.
const GENERATED = /-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** The name of the record without what made it unique. */
function originalName(name: string, uid: string): string {
  return name.endsWith(`-${uid}`) ? name.slice(0, -uid.length - 1) : name.replace(GENERATED, "");
}

const COUNTERS: readonly (readonly [keyof Changes, string])[] = [
  ["total", "total"], ["created", "create"], ["updated", "update"], ["deleted", "delete"], ["written", "write"],
  ["unchanged", "noop"], ["failed", "error"], ["warned", "warning"],
];

function changesOf(summary: readonly Fields[]): Changes {
  const sum = (key: string) => summary.reduce((total, part) => total + countOf(part[key]), 0);
  return Object.fromEntries(COUNTERS.map(([name, key]) => [name, sum(key)])) as unknown as Changes;
}

/** Each text once: the job repeats what its parts say. */
function textsOf(key: "errors" | "warnings", status: Fields, summary: readonly Fields[]): string[] {
  const all = [status, ...summary].flatMap((part) => listOf(part[key])).filter((text) => typeof text === "string" && text !== "");
  return [...new Set(all as string[])];
}

/** Epoch in ms. Those that were reaped in November 2025 have seconds, which would be in 1970. */
function momentOf(value: unknown): number | undefined {
  if (typeof value !== "number" || !(value > 0) || value > 8.64e15) return undefined;
  return value < 1e11 ? value * 1_000 : value;
}

function dateOf(value: unknown): number | undefined {
  const ms = Date.parse(textOf(value));
  return Number.isNaN(ms) ? undefined : ms;
}

function countOf(value: unknown): number {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
