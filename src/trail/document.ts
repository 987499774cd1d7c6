// A trail to the one JSON document of `-o json`. Its fields stay what they are: a reader may rely on each of them being there.

import { durationMs, type FinishedJob, firstError, URL_NAMES } from "./finished-job.ts";
import type { Trail } from "./read.ts";
import { isoSeconds, safeJson } from "./text.ts";

/** Grows when a field changes its meaning or goes; not when one is added. */
const SCHEMA_VERSION = 1;

/** Text without a newline at its end. */
export function documentText({ jobs, read, matched, outcomes, nowMs }: Trail): string {
  const count = (outcome: string) => outcomes.get(outcome) ?? 0;
  const summary = { read, matched, shown: jobs.length, success: count("success"), warning: count("warning"), error: count("error") };
  return safeJson({ schemaVersion: SCHEMA_VERSION, time: isoSeconds(nowMs), summary, jobs: jobs.map(entryOf) });
}

/** Unknown moments and amounts are null, unknown texts empty. */
function entryOf(job: FinishedJob): Record<string, unknown> {
  const { namespace, repository, action, outcome, message, changes, errors, warnings, urls, uid, record } = job;
  return {
    namespace,
    job: job.job,
    repository,
    action,
    outcome,
    message,
    started: moment(job.startedMs),
    finished: moment(job.finishedMs),
    recorded: moment(job.recordedMs),
    durationMs: durationMs(job) ?? null,
    changes: changes ?? null,
    firstError: firstError(job),
    errors,
    warnings,
    urls: Object.fromEntries(URL_NAMES.map((name) => [name, urls[name] ?? ""])),
    uid,
    record,
  };
}

/** RFC 3339 with milliseconds, in UTC. */
function moment(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
