// Jobs whose owner has stopped: what lists and reads show in, one compare-and-swap each out, and the end of those that are
// not begun again. Every replica may do this; who loses the swap leaves the job alone. When and what is decided in
// others-leases.ts and reap.ts.

import { AppError, messageOf } from "../base/errors.ts";
import { formatDuration } from "../base/duration.ts";
import type { JobStatus } from "../provisioning.ts";
import { writeFailure } from "./answers.ts";
import { claimJob, type Read, readJob } from "./claim.ts";
import { claimOptions, type DriveContext, own } from "./context.ts";
import { endJob } from "./ending.ts";
import { JOBS } from "./owned-job.ts";
import type { ClaimedJob } from "./others-leases.ts";
import { type Reap, reapObject, reapOf } from "./reap.ts";
import { fieldsOf } from "./work.ts";
import { within } from "./within.ts";

/** src: apps/provisioning/pkg/jobs/expired_job_cleaner.go in grafana/grafana */
export const EXPIRED_MESSAGE = "Job failed due to lease expiry - worker may have crashed or lost connection";
/** Reaps under way at once. */
const CONCURRENCY = 3;
/** Between two looks at what is due, ms: at least (a tenth of the expiry, if that is less), and at most. */
const LOOK_MS = { least: 1_000, most: 30_000 };
/** A job that could not be archived is left alone for so long, doubled with each time, ms. */
const PAUSE_MS = { first: 60_000, longest: 600_000 };
const ERRORS_MAX = 20;

export class Reaper {
  readonly #context: DriveContext;
  /** Told of each job that may be claimed again. */
  readonly #requeued: (read: Read) => void;
  /** Jobs whose end could not be recorded: when they are tried again, and the pause after that. */
  readonly #pauses = new Map<string, { untilMs: number; pauseMs: number }>();

  constructor(context: DriveContext, requeued: (read: Read) => void) {
    this.#context = context;
    this.#requeued = requeued;
  }

  /** Reaps what comes due until `signal`; then it lets reaps under way end and rejects with its reason. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, others, rules } = this.#context;
    log.info("starting job cleanup controller", { expiry: formatDuration(rules.expiryMs), on_expired: rules.onExpired });
    const leastMs = Math.min(LOOK_MS.least, rules.expiryMs / 10);
    for (;;) {
      const dueMs = others.nextDueMs(rules.expiryMs) ?? Number.POSITIVE_INFINITY;
      await clock.sleep(Math.min(Math.max(dueMs - clock.monotonic(), leastMs), LOOK_MS.most, rules.expiryMs), signal);
      const nowMs = clock.monotonic();
      const due = others.due(nowMs, rules.expiryMs).filter(({ uid }) => nowMs >= (this.#pauses.get(uid)?.untilMs ?? nowMs));
      await this.#all(due, signal);
      for (const [uid, { untilMs }] of this.#pauses) if (nowMs > untilMs + PAUSE_MS.longest) this.#pauses.delete(uid);
    }
  }

  async #all(due: ClaimedJob[], signal: AbortSignal): Promise<void> {
    const next = async () => {
      for (let job = due.shift(); job !== undefined && !signal.aborted; job = due.shift()) await this.#look(job, signal);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, next));
  }

  /** Reads the job; if it has not changed for as long as its owner may be silent, reaps it. */
  async #look(job: ClaimedJob, signal: AbortSignal): Promise<void> {
    const { clock, others, rules } = this.#context;
    let read: Read | undefined;
    try {
      read = await readJob(claimOptions(this.#context), job, signal);
    } catch (error) {
      if (signal.aborted) return;
      return this.#failed(job, error);
    }
    if (read?.view.uid !== job.uid) this.#forget(job.uid);
    if (read === undefined) return;
    const nowMs = clock.monotonic();
    others.see(read.view, nowMs);
    if (read.view.deleting || !others.expired(read.view, nowMs, rules.expiryMs)) return;
    const reap = reapOf(read.view, rules);
    // Whatever comes of it is known when this version is read again, and not before another expiry.
    others.forget(read.view.uid);
    await (reap === "requeue" ? this.#requeue(read) : this.#takeOver(read, reap, signal));
  }

  async #requeue(read: Read): Promise<void> {
    const { api, clock, serverTime, rules } = this.#context;
    const object = reapObject(read.job, "requeue", { owner: "", nowMs: serverTime.now() });
    try {
      await within(rules.renewalMs, clock, NEVER, (limited, onSend) => api.replaceObject(JOBS, object, limited, onSend));
    } catch (error) {
      const failure = writeFailure(error);
      // Its owner, or another reaper, was faster.
      if (failure === "conflict" || failure === "gone") return;
      return this.#failed(read.view, error);
    }
    this.#reaped(read, "requeue");
    this.#requeued(read);
  }

  async #takeOver(read: Read, reap: Exclude<Reap, "requeue">, signal: AbortSignal): Promise<void> {
    const { serverTime } = this.#context;
    const end = await claimJob(claimOptions(this.#context), read, (job, claim) => reapObject(job, reap, claim), signal);
    if (end.kind === "failed") return this.#failed(read.view, end.error);
    if (end.kind === "lost") return;
    this.#reaped(read, reap);
    const owned = own(this.#context, end.claimed);
    try {
      const ended = await endJob(this.#context, owned, reap === "archive" ? undefined : expiredStatus(read.job.status ?? {}, serverTime.now()));
      if (ended.kind === "done") this.#forget(read.view.uid);
      else this.#pause(read.view.uid);
    } finally {
      owned.end();
    }
  }

  #reaped({ view }: Read, how: Reap): void {
    const { count, log } = this.#context;
    count("job-reaped", { how });
    log.info("cleaned up expired job", { ...fieldsOf(view), action_taken: how, owner: view.owner === "" ? undefined : view.owner });
  }

  #forget(uid: string): void {
    this.#context.others.forget(uid);
    this.#pauses.delete(uid);
  }

  #pause(uid: string): void {
    const nowMs = this.#context.clock.monotonic();
    const pauseMs = this.#pauses.get(uid)?.pauseMs ?? PAUSE_MS.first;
    this.#pauses.set(uid, { untilMs: nowMs + pauseMs, pauseMs: Math.min(pauseMs * 2, PAUSE_MS.longest) });
  }

  /** It stays due, and is looked at again. */
  #failed({ namespace, name, uid }: ClaimedJob, error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    this.#pause(uid);
    this.#context.log.warn("failed to clean up expired job", { namespace, job: name, uid, error: messageOf(error) });
  }
}

/** What its owner had reported stays. */
function expiredStatus({ errors = [] }: JobStatus, nowMs: number): JobStatus {
  return { state: "error", message: EXPIRED_MESSAGE, errors: [...errors.slice(0, ERRORS_MAX - 1), EXPIRED_MESSAGE], finished: nowMs };
}

const NEVER = new AbortController().signal;
