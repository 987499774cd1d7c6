// A job with a result to a record in history and no Job: sends what finish-state.ts asks for until that says done or kept.
// Everything goes through the owned job, so that nothing is sent once the lease is lost.

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Api } from "../kube/api.ts";
import { isGone, isUnserved } from "../kube/status.ts";
import type { HistoricJob, Job, JobStatus } from "../provisioning.ts";
import { isForbidden, writeFailure } from "./answers.ts";
import { deleteTarget, type FinishInput, finishStart, type FinishState, finishStep, type Kept, lookOf } from "./finish-state.ts";
import { viewOf, withStatus } from "./job-view.ts";
import { JOBS, type OwnedJob } from "./owned-job.ts";
import { recordAnswer, recordName, recordOf } from "./record.ts";
import type { ServerTime } from "./server-time.ts";

export interface FinishOptions {
  api: Pick<Api, "getObject" | "createObject" | "deleteObject" | "listPage">;
  clock: Clock;
  random: Random;
  serverTime: ServerTime;
  log: Logger;
  /** Records older than this are pruned, ms; 0 = never. */
  retentionMs: number;
  /** Resolves while the reader of our lines keeps up: a line that is a record must be on its way before the Job goes. */
  drained: (signal: AbortSignal) => Promise<void>;
  /** Told once, when the server holds the result: from here on the job is never run again. The record waits for it. */
  onResult: (status: JobStatus) => Promise<void>;
}

/** `logged`: a line of ours is the record. */
export type FinishEnd = { kind: "done"; logged: boolean } | { kind: "kept"; why: Kept; error: unknown };

type Step = Exclude<FinishState["step"], "done" | "kept">;

const HISTORY = { resource: "historicjobs" } as const;
const BACKOFF = { firstMs: 100, capMs: 2_000 };

/** Ends the job with `result`; undefined: it has its final status already. @throws a bug, alone */
export async function finishJob(options: FinishOptions, owned: OwnedJob, result: JobStatus | undefined): Promise<FinishEnd> {
  const { clock, random, retentionMs, serverTime } = options;
  const written = result === undefined;
  const recordWanted = !written || retentionMs === 0 || serverTime.now() - owned.view.finishedMs <= retentionMs;
  const backoff = new Backoff(random, BACKOFF);
  const trouble: Trouble = { error: undefined };
  const requests = requestsOf(options, owned, result ?? {}, trouble);
  let logged = false;
  if (written) await options.onResult(owned.job.status ?? {});
  let state = finishStart({ written, recordWanted });
  while (state.step !== "done" && state.step !== "kept") {
    if ("tries" in state && state.tries > 1) await clock.sleep(backoff.next(clock.monotonic()), owned.lost).catch(() => undefined);
    state = finishStep(state, owned.holds() ? await sent(requests[state.step], owned) : { step: "lost" });
    logged ||= state.step === "log";
  }
  return state.step === "done" ? { kind: "done", logged } : { kind: "kept", why: state.why, error: trouble.error };
}

/** What the last request that failed was answered with. */
interface Trouble {
  error: unknown;
}

async function sent(request: () => Promise<FinishInput>, owned: OwnedJob): Promise<FinishInput> {
  try {
    return await request();
  } catch (error) {
    if (owned.lost.aborted) return { step: "lost" };
    throw error;
  }
}

function requestsOf(options: FinishOptions, owned: OwnedJob, result: JobStatus, trouble: Trouble): Record<Step, () => Promise<FinishInput>> {
  const { api, log } = options;
  const at = (name: string) => ({ namespace: owned.view.namespace, name });
  const failure = (error: unknown) => {
    trouble.error = error;
    return writeFailure(error);
  };

  return {
    async status() {
      let end = await owned.write((job) => withStatus(job, result), "final");
      if (end.kind === "refused") {
        const bare = bareResult(result, end.error);
        // The refusal may answer the echo of a write that was carried out: then the result stands.
        end = await owned.write((job) => (viewOf(job)?.finished ? job : withStatus(job, bare)), "final");
      }
      if ("error" in end) trouble.error = end.error;
      if (end.kind === "written") await options.onResult(owned.job.status ?? result);
      return end.kind === "lost" ? { step: "lost" } : { step: "status", answer: end.kind === "written" ? "written" : "refused" };
    },

    async record() {
      try {
        const record = recordOf(owned.job, owned.view);
        const { status } = await owned.ask((signal, onSend) => api.createObject(HISTORY, record, signal, onSend));
        return { step: "record", answer: status === 201 ? "created" : "unknown" };
      } catch (error) {
        const why = failure(error);
        if (isForbidden(error)) return { step: "record", answer: "forbidden" };
        if (why === "refused") return { step: "record", answer: "refused" };
        if (why === "conflict") return { step: "record", answer: "exists" };
        return { step: "record", answer: isUnserved(error) && (await keepsNoHistory()) ? "absent" : "unknown" };
      }
    },

    async check() {
      try {
        const { object } = await owned.ask((signal, onSend) => api.getObject<HistoricJob>(HISTORY, at(recordName(owned.view)), signal, onSend));
        return { step: "check", answer: recordAnswer(object, owned.view) };
      } catch (error) {
        failure(error);
        if (isGone(error) || isUnserved(error)) return { step: "check", answer: recordAnswer(undefined, owned.view) };
        return { step: "check", answer: isForbidden(error) ? "forbidden" : "unknown" };
      }
    },

    async log() {
      const { namespace, name, uid, repository, action, attempt } = owned.view;
      log.notify("job finished", { namespace, job: name, uid, repository, action, attempt, status: owned.job.status });
      await options.drained(owned.lost);
      return { step: "log", answer: "logged" };
    },

    async delete() {
      // A renewal beside it would meet a job that is gone.
      owned.stopRenewing();
      try {
        await owned.exclusive((_job, view) => owned.ask((signal, onSend) => api.deleteObject(JOBS, deleteTarget(view), signal, onSend)));
        return { step: "delete", answer: "deleted" };
      } catch (error) {
        const why = failure(error);
        if (isForbidden(error)) return { step: "delete", answer: "forbidden" };
        return { step: "delete", answer: why === "gone" || why === "conflict" ? why : "unknown" };
      }
    },

    async look() {
      try {
        const { object } = await owned.ask((signal, onSend) => api.getObject<Job>(JOBS, at(owned.view.name), signal, onSend));
        const view = viewOf(object);
        if (view === undefined) return { step: "look", answer: "unknown" };
        const answer = lookOf(view, owned.view);
        if (answer === "ours") owned.adopt(object, view);
        return { step: "look", answer };
      } catch (error) {
        return { step: "look", answer: failure(error) === "gone" ? lookOf(undefined, owned.view) : "unknown" };
      }
    },
  };

  /** Whether the collection is not served at all: one 404 alone may come from a proxy. */
  async function keepsNoHistory(): Promise<boolean> {
    try {
      await owned.ask((signal, onSend) => api.listPage({ ...HISTORY, namespace: owned.view.namespace }, { limit: 1 }, signal, onSend));
      return false;
    } catch (error) {
      failure(error);
      return isUnserved(error);
    }
  }
}

/** In place of a result that the server does not take. */
function bareResult({ started, finished }: JobStatus, error: unknown): JobStatus {
  const message = `result refused by the server: ${messageOf(error)}`;
  return { state: "error", started, finished, message, errors: [message], warnings: undefined, summary: undefined, url: undefined };
}
