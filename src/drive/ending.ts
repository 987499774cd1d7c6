// The end of a job that is ours, whoever brings it about: its status, its repository's, its record, and what is said of it.

import { formatDuration } from "../base/duration.ts";
import { AppError, messageOf } from "../base/errors.ts";
import type { JobStatus } from "../provisioning.ts";
import { actionWord, type DriveContext } from "./context.ts";
import { type FinishEnd, finishJob } from "./finish.ts";
import type { Kept } from "./finish-state.ts";
import type { OwnedJob } from "./owned-job.ts";
import type { SyncTarget } from "./repository-sync.ts";
import { fieldsOf } from "./work.ts";

/** The state of a repository is written beside the work: nobody waits longer for it, ms. */
const SYNC_MS = 5_000;

/** Ends the job with `status`; undefined: it has its result already. Never rejects but with a bug. */
export async function endJob(context: DriveContext, owned: OwnedJob, status: JobStatus | undefined): Promise<FinishEnd> {
  const { count, rules, sync } = context;
  const onResult = async (result: JobStatus) => {
    if (status !== undefined) count("job-processed", { action: actionWord(owned.view.action), outcome: outcomeOf(result) });
    await syncQuietly(context, owned, (target, ...sending) => sync.ended(target, result, ...sending));
  };
  const end = await finishJob({ ...context, retentionMs: rules.retentionMs, onResult }, owned, status);
  tell(context, owned, end);
  return end;
}

/** Writes what there is to write of the job's repository, for a while and as long as the job is ours. */
export async function syncQuietly(
  context: DriveContext,
  owned: OwnedJob,
  use: (target: SyncTarget, signal: AbortSignal, onSend: () => void) => Promise<void>,
): Promise<void> {
  if (!owned.holds()) return;
  const target = { ...owned.view, startedMs: owned.job.status?.started ?? 0 };
  try {
    await owned.ask((signal, onSend) => use(target, signal, onSend), SYNC_MS);
  } catch (error) {
    if (owned.lost.aborted) return;
    if (!(error instanceof AppError)) throw error;
    context.log.debug("sync status of the repository not written", { ...fieldsOf(owned.view), error: messageOf(error) });
  }
}

export function outcomeOf({ state }: JobStatus): "success" | "warning" | "error" {
  return state === "success" || state === "warning" ? state : "error";
}

/** What is done about a job that stays: by us, later, or by a person. */
const KEPT: Readonly<Record<Kept, { level: "warn" | "error"; next: string }>> = {
  lost: { level: "warn", next: "nothing: its next owner goes on where this one stopped" },
  changed: { level: "warn", next: "nothing: it is somebody else's by now" },
  failing: { level: "warn", next: "nothing: it is tried again once its lease has expired" },
  forbidden: { level: "error", next: "grant create and get on historicjobs, and delete on jobs; it is tried again once its lease has expired" },
  refused: { level: "error", next: "see what the server has against it; it is tried again once its lease has expired" },
  "other-record": { level: "error", next: "look at the HistoricJob of that name: it tells of another end; delete the one that is wrong" },
};

function tell({ log, count }: DriveContext, owned: OwnedJob, end: FinishEnd): void {
  const { view, job } = owned;
  if (end.kind === "kept") {
    count("job-kept", { why: end.why });
    const { level, next } = KEPT[end.why];
    const error = end.error === undefined ? undefined : messageOf(end.error);
    log[level]("job kept, its end is not complete", { ...fieldsOf(view), why: end.why, error, next });
  } else if (!end.logged) {
    const { state, started = 0, finished = 0, message } = job.status ?? {};
    const duration = started > 0 ? formatDuration(Math.max(0, finished - started)) : undefined;
    log.info("job finished", { ...fieldsOf(view), outcome: state, duration, message });
  }
}
