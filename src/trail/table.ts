// Finished jobs to the lines of a table. Only cells and their places; what is shown is decided before.

import { type Changes, durationMs, endedMs, type FinishedJob, firstError, URL_NAMES } from "./finished-job.ts";
import { age, briefDuration, isoSeconds, oneLine } from "./text.ts";

/** Longest error in a table that is not wide, characters. */
const ERROR_MAX = 60;
const NOTHING = "-";

interface Column {
  title: string;
  /** Empty text is shown as nothing. */
  cell: (job: FinishedJob, nowMs: number) => string;
}

const NAMESPACE: Column = { title: "NAMESPACE", cell: ({ namespace }) => namespace };
const JOB: Column = { title: "JOB", cell: ({ job }) => job };
const REPOSITORY: Column = { title: "REPOSITORY", cell: ({ repository }) => repository };
const ACTION: Column = { title: "ACTION", cell: ({ action }) => action };
const OUTCOME: Column = { title: "OUTCOME", cell: ({ outcome }) => outcome };
const AGE: Column = { title: "AGE", cell: (job, nowMs) => shown(endedMs(job), (ms) => age(nowMs - ms)) };
const ENDED: Column = { title: "ENDED", cell: (job) => shown(endedMs(job), isoSeconds) };
const DURATION: Column = { title: "DURATION", cell: (job) => shown(durationMs(job), briefDuration) };
const CHANGES: Column = { title: "CHANGES", cell: ({ changes }) => changesText(changes, MADE) };
const ALL_CHANGES: Column = { title: "CHANGES", cell: ({ changes }) => changesText(changes, [...MADE, "unchanged", "failed", "warned"]) };
const FIRST_ERROR: Column = { title: "FIRST ERROR", cell: (job) => oneLine(firstError(job), ERROR_MAX) };
const WHOLE_ERROR: Column = { title: "FIRST ERROR", cell: firstError };
const URL: Column = { title: "URL", cell: ({ urls }) => URL_NAMES.map((name) => urls[name] ?? "").find((url) => url !== "") ?? "" };
const UID: Column = { title: "UID", cell: ({ uid }) => uid };
const RECORD: Column = { title: "RECORD", cell: ({ record }) => record };

const NARROW: readonly Column[] = [JOB, ACTION, OUTCOME, AGE, DURATION, CHANGES, FIRST_ERROR, URL];
const WIDE: readonly Column[] = [JOB, REPOSITORY, ACTION, OUTCOME, ENDED, AGE, DURATION, ALL_CHANGES, WHOLE_ERROR, URL, UID, RECORD];

const MADE: readonly (keyof Changes)[] = ["created", "updated", "deleted", "written"];

export interface TableOptions {
  /** Names and times in full, and errors uncut. */
  wide: boolean;
  /** Whether the namespace has a column. */
  namespace: boolean;
  nowMs: number;
}

/** The title and a line for each job. */
export function tableLines(jobs: readonly FinishedJob[], { wide, namespace, nowMs }: TableOptions): string[] {
  const columns = [...(namespace ? [NAMESPACE] : []), ...(wide ? WIDE : NARROW)];
  const rows = jobs.map((job) => columns.map(({ cell }) => oneLine(cell(job, nowMs)) || NOTHING));
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, at) => all.reduce((width, row) => Math.max(width, lengthOf(row[at])), 0));
  return all.map((row) => row.map((text, at) => text + " ".repeat((widths[at] ?? 0) - lengthOf(text))).join("   ").trimEnd());
}

function lengthOf(text: string | undefined): number {
  return [...(text ?? "")].length;
}

function shown(ms: number | undefined, show: (ms: number) => string): string {
  return ms === undefined ? "" : show(ms);
}

function changesText(changes: Changes | undefined, names: readonly (keyof Changes)[]): string {
  if (changes === undefined) return "";
  return names.filter((name) => changes[name] > 0).map((name) => `${changes[name]} ${name}`).join(", ") || "none";
}
