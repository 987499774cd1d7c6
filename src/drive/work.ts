// One claimed job and its worker: the order out, what it reports into the job's status while the lease is renewed behind it,
// and at the end what is to become of the job. Writes progress, nothing else.

import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { Mailbox } from "../base/mailbox.ts";
import type { JobStatus } from "../provisioning.ts";
import type { WorkLog, WorkOrder, Workers, WorkResult } from "../work/worker.ts";
import { type JobView, withStatus } from "./job-view.ts";
import type { OwnedJob } from "./owned-job.ts";
import type { Progress } from "./progress.ts";
import type { ServerTime } from "./server-time.ts";

export interface WorkOptions {
  workers: Pick<Workers, "run">;
  clock: Clock;
  serverTime: ServerTime;
  log: Logger;
  /** The work is ended after this time, ms. */
  jobTimeoutMs: number;
  /** Told of every progress write that was given up. */
  onDropped: (error: unknown) => void;
}

/** What is to become of the job. */
export type WorkEnd =
  /** Ended with this status. */
  | { kind: "result"; status: JobStatus }
  /** Nothing: it is not ours any more. */
  | { kind: "lost" }
  /** Given back. `attempt`: whether the attempt counts, as it does unless we ended it ourselves. */
  | { kind: "back"; attempt: "take back" | "keep"; reason: string };

/** Fields that name a job in log lines. */
export function fieldsOf({ namespace, name, uid, repository, action, attempt }: JobView): Record<string, unknown> {
  return { namespace, job: name, uid, repository, action, attempt };
}

/** Runs the worker to its end; `shutdown` stops it. Never rejects but with a bug. */
export async function work(options: WorkOptions, owned: OwnedJob, progress: Progress, shutdown: AbortSignal): Promise<WorkEnd> {
  const { clock, jobTimeoutMs, workers, serverTime, log } = options;
  const over = new AbortController();
  const timeout = new AbortController();
  const overdue = () => timeout.abort(new Error(`job timed out after ${formatDuration(jobTimeoutMs)}`));
  clock.sleep(jobTimeoutMs, over.signal).then(overdue, () => undefined);
  const wake = new Mailbox();
  const writing = writeProgress(options, owned, progress, wake, over.signal);
  const result = await workers.run(orderOf(owned), {
    signal: AbortSignal.any([owned.lost, timeout.signal, shutdown]),
    lease: owned,
    progress(update) {
      progress.note(update);
      wake.offer();
    },
    log: (line) => say(line, owned.view, log),
  });
  over.abort();
  await writing;
  if (owned.lost.aborted) return { kind: "lost" };
  return endOf(result, progress, serverTime.now(), { timeout: timeout.signal, shutdown });
}

/** Pure: a worker's result, and what stopped it, to what becomes of the job. */
export function endOf(result: WorkResult, progress: Progress, nowMs: number, { timeout, shutdown }: { timeout: AbortSignal; shutdown: AbortSignal }): WorkEnd {
  const failed = (message: string): WorkEnd => {
    return { kind: "result", status: progress.final({ kind: "done", state: "error", message, errors: [{ message }], warnings: [] }, nowMs) };
  };
  if (result.kind === "done") {
    const late = timeout.aborted && result.state === "error";
    return late ? failed(messageOf(timeout.reason)) : { kind: "result", status: progress.final(result, nowMs) };
  }
  // What still runs may not meet a second attempt.
  if (result.survivors === true) return failed(result.reason);
  if (timeout.aborted) return failed(messageOf(timeout.reason));
  return { kind: "back", attempt: shutdown.aborted ? "take back" : "keep", reason: result.reason };
}

function orderOf({ view, job }: OwnedJob): WorkOrder {
  const { uid, name, namespace, repository, action, attempt } = view;
  return { uid, name, namespace, repository, action, attempt, job };
}

function say({ level, text, source }: WorkLog, view: JobView, log: Logger): void {
  if (level === "debug" && !log.debugEnabled) return;
  log[level]("worker says", { namespace: view.namespace, job: view.name, uid: view.uid, source, text });
}

/** Writes what is due when it is due, until the signal; what cannot be written is dropped, with a word. */
async function writeProgress(options: WorkOptions, owned: OwnedJob, progress: Progress, wake: Mailbox, signal: AbortSignal): Promise<void> {
  const { clock, log, onDropped } = options;
  const stop = AbortSignal.any([signal, owned.lost]);
  while (!stop.aborted) {
    const waitMs = (progress.dueMs ?? Number.POSITIVE_INFINITY) - clock.monotonic();
    if (waitMs > 0) {
      await firstOf(wake, waitMs, clock, stop);
      continue;
    }
    const fields = progress.take(clock.monotonic());
    const end = await owned.write((job) => withStatus(job, fields), "progress");
    if (!("error" in end)) continue;
    onDropped(end.error);
    log.warn("progress of the job not written, work goes on", { ...fieldsOf(owned.view), error: messageOf(end.error) });
  }
}

/** Resolves when there is news, when the time has come, or with the signal. */
async function firstOf(wake: Mailbox, waitMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const waits = [wake.wait(stop), ...(waitMs === Number.POSITIVE_INFINITY ? [] : [clock.sleep(waitMs, stop)])];
  await Promise.race(waits).catch(() => undefined);
  over.abort();
  await Promise.allSettled(waits);
}
