// One job from its key to its end: claimed, worked on, ended, or given back. Knows neither where keys come from nor when;
// what is decided is decided in the pure steps.

import { ApiError, AppError, messageOf, NetworkError } from "../base/errors.ts";
import type { ObjectName } from "../kube/api-objects.ts";
import type { Job, JobStatus } from "../provisioning.ts";
import { hasWorker } from "../work/worker.ts";
import { isForbidden } from "./answers.ts";
import { claimJob, type Read, readJob, ROLLBACK_MS, rollBack } from "./claim.ts";
import { claimable, courseOf } from "./claim-state.ts";
import { actionWord, claimOptions, type DriveContext, own } from "./context.ts";
import { endJob, outcomeOf, syncQuietly } from "./ending.ts";
import { begun, type Claim, claimed, type JobView, withClaim } from "./job-view.ts";
import type { Claimed, OwnedJob } from "./owned-job.ts";
import { Progress } from "./progress.ts";
import { fieldsOf, work } from "./work.ts";

/** `retry`: the key is to come again, not before `atLeastMs` from now. */
export type Driven = { kind: "done" } | { kind: "retry"; atLeastMs: number };

/** Aborted in this order when the program ends. */
export interface Stops {
  /** No job is claimed any more. */
  claiming: AbortSignal;
  /** Work that is not done goes back to the queue. */
  working: AbortSignal;
}

/** Who may not claim one job may most likely claim none: a driver's pause, ms. */
const FORBIDDEN_MS = 1_000;
/** Claims of one job that somebody else may be faster with, one after the other. */
const CLAIM_ROUNDS = 3;
const DONE: Driven = { kind: "done" };
const RETRY: Driven = { kind: "retry", atLeastMs: 0 };

export class Driver {
  readonly #context: DriveContext;
  readonly #label: { driver_id: string };
  /** Works on a job now. */
  busy = false;

  constructor(context: DriveContext, number: number) {
    this.#context = context;
    this.#label = { driver_id: String(number) };
  }

  /** `told`: the job as somebody has told of it; it is read otherwise. @throws the reason of `stops.claiming`, or a bug */
  async drive(at: ObjectName, stops: Stops, told?: Read): Promise<Driven> {
    const { clock, count, others, repositories, workers, serverTime } = this.#context;
    const options = claimOptions(this.#context);
    let read = told;
    for (let round = 1; round <= CLAIM_ROUNDS; round++) {
      stops.claiming.throwIfAborted();
      if (read === undefined) {
        try {
          read = await readJob(options, at, stops.claiming);
        } catch (error) {
          stops.claiming.throwIfAborted();
          return this.#failed(at, error, stops.claiming);
        }
        if (read === undefined) return DONE;
        others.see(read.view, clock.monotonic());
      }
      const { view } = read;
      if (!claimable(view, (action) => hasWorker(workers, action))) return DONE;
      if (!view.finished && (await repositories.deleting(view, stops.claiming))) return DONE;
      const progress = new Progress(serverTime.now());
      const end = await claimJob(options, read, this.#edit(view, progress), stops.claiming);
      if (end.kind === "failed") return await this.#failed(at, end.error, stops.claiming);
      if (end.kind === "owned") return this.#own(end.claimed, view, progress, stops);
      count("claim-conflict", this.#label);
      read = end.read;
      if (read !== undefined) others.see(read.view, clock.monotonic());
    }
    stops.claiming.throwIfAborted();
    return RETRY;
  }

  /** The claim is the first write of progress, too, if there will be any. */
  #edit(before: JobView, progress: Progress): (job: Job, claim: Claim) => Job {
    if (courseOf(before, this.#context.rules.maxAttempts) !== "run") return withClaim;
    return (job, claim) => begun(claimed(job, claim), progress.take(this.#context.clock.monotonic()));
  }

  async #own(claim: Claimed, before: JobView, progress: Progress, stops: Stops): Promise<Driven> {
    const { clock, count, log, serverTime, rules } = this.#context;
    const owned = own(this.#context, claim);
    const sinceMs = clock.monotonic();
    const { namespace } = before;
    this.busy = true;
    try {
      count("job-claimed", this.#label);
      if (this.#context.forbidden.delete(namespace)) log.info("allowed to claim jobs again", { namespace });
      switch (courseOf(before, rules.maxAttempts)) {
        case "archive":
          log.info("job has its result, only its record is missing", fieldsOf(owned.view));
          await endJob(this.#context, owned, undefined);
          return DONE;
        case "fail":
          await endJob(this.#context, owned, usedUp(before, serverTime.now()));
          return DONE;
        case "run":
          if (!stops.claiming.aborted) return await this.#work(owned, progress, stops);
          await this.#giveBack(owned, "take back", "the program is ending");
          return DONE;
      }
    } finally {
      this.busy = false;
      owned.end();
      count("driver-busy", { ...this.#label, action: actionWord(before.action) }, (clock.monotonic() - sinceMs) / 1000);
    }
  }

  async #work(owned: OwnedJob, progress: Progress, stops: Stops): Promise<Driven> {
    const context = this.#context;
    const { clock, count, log, serverTime, rules, sync, workers } = context;
    const action = actionWord(owned.view.action);
    const createdMs = Date.parse(owned.job.metadata?.creationTimestamp ?? "");
    const waitedMs = Math.max(0, serverTime.now() - createdMs);
    if (owned.view.attempt === 1 && !Number.isNaN(createdMs)) count("queue-wait", { action }, waitedMs / 1000);
    log.info("job claimed", fieldsOf(owned.view));
    const sinceMs = clock.monotonic();
    const began = syncQuietly(context, owned, (...args) => sync.began(...args));
    const onDropped = () => count("progress-dropped", {});
    const end = await work({ workers, clock, serverTime, log, jobTimeoutMs: rules.jobTimeoutMs, onDropped }, owned, progress, stops.working);
    await began;
    switch (end.kind) {
      case "lost":
        log.warn("lease lost, work on the job was ended", { ...fieldsOf(owned.view), error: messageOf(owned.lost.reason) });
        return DONE;
      case "result":
        count("job-duration", { action, outcome: outcomeOf(end.status) }, (clock.monotonic() - sinceMs) / 1000);
        await endJob(context, owned, end.status);
        return DONE;
      case "back":
        await this.#giveBack(owned, end.attempt, end.reason);
        return end.attempt === "keep" ? RETRY : DONE;
    }
  }

  /** Nothing of the work runs any more: the job goes back to the queue. */
  async #giveBack(owned: OwnedJob, attempt: "take back" | "keep", reason: string): Promise<void> {
    const { count, log, sync } = this.#context;
    await syncQuietly(this.#context, owned, (...args) => sync.released(...args));
    owned.stopRenewing();
    if (!owned.holds()) return;
    const back = await owned.exclusive((_job, view) =>
      owned.ask((signal, onSend) => rollBack(claimOptions(this.#context), view, owned.owner, attempt, signal, onSend), ROLLBACK_MS)
    );
    count("job-given-back", { why: attempt === "keep" ? "aborted" : "shutdown" });
    const fields = { ...fieldsOf(owned.view), reason };
    if (!back) log.warn("job not given back, its lease will expire", fields);
    else if (attempt === "keep") log.warn("work on the job was stopped, job given back", fields);
    else log.info("job given back", fields);
  }

  /** A server that cannot be reached is told of by those who watch it; what is forbidden, once until it is not. */
  async #failed({ namespace, name }: ObjectName, error: unknown, claiming: AbortSignal): Promise<Driven> {
    const { clock, count, forbidden, log } = this.#context;
    if (!(error instanceof AppError)) throw error;
    count("claim-failed", this.#label);
    const fields = { namespace, job: name, error: messageOf(error) };
    if (isForbidden(error)) {
      if (forbidden.has(namespace)) log.debug("job not claimed, to be tried again", fields);
      else log.error("not allowed to claim jobs", { ...fields, next: "grant get and update on jobs; until then they stay as they are" });
      forbidden.add(namespace);
      await clock.sleep(FORBIDDEN_MS, claiming);
      return RETRY;
    }
    log[error instanceof NetworkError ? "debug" : "warn"]("job not claimed, to be tried again", fields);
    return { kind: "retry", atLeastMs: error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0 };
  }
}

function usedUp({ spent }: JobView, nowMs: number): JobStatus {
  const message = `job was begun ${spent} times and never came to its end`;
  return { state: "error", message, errors: [message], finished: nowMs };
}
