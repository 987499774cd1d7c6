// From the key of a job to a job that is ours: read, PUT with our claim, settle, read back; what stays unclear is rolled
// back. What an answer means is decided in claim-state.ts. A job of which the lease has expired is taken over likewise.

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import { ApiError } from "../base/errors.ts";
import type { ObjectCalls, ObjectName } from "../kube/api-objects.ts";
import { isConflict, isGone } from "../kube/status.ts";
import type { Job } from "../provisioning.ts";
import { writeFailure } from "./answers.ts";
import { type ClaimInput, claimStep } from "./claim-state.ts";
import { type Claim, type JobView, released, requeued, viewOf } from "./job-view.ts";
import { type Claimed, JOBS } from "./owned-job.ts";
import { rollbackOf } from "./reap.ts";
import type { ServerTime } from "./server-time.ts";
import { within } from "./within.ts";

export interface ClaimOptions {
  api: Pick<ObjectCalls, "getObject" | "replaceObject">;
  clock: Clock;
  random: Random;
  serverTime: ServerTime;
  /** Time between a PUT that was answered and the read that decides, ms. */
  settleMs: number;
  /** Limit of one request, ms. */
  requestMs: number;
  /** A claim is dealt with, or left to expire, so long after its sending, ms. */
  validityMs: number;
}

/** An object as a read shows it. */
export interface Read {
  job: Job;
  view: JobView;
}

/** `lost`: somebody was faster; `read` = the job that showed it, if one did. `failed`: not ours either; `error` tells why. */
export type ClaimEnd = { kind: "owned"; claimed: Claimed } | { kind: "lost"; read: Read | undefined } | { kind: "failed"; error: unknown };

/** Undefined: there is no such job. @throws AppError | the signal's reason */
export async function readJob({ api, clock, requestMs }: ClaimOptions, at: ObjectName, signal: AbortSignal): Promise<Read | undefined> {
  try {
    const { object } = await within(requestMs, clock, signal, (limited) => api.getObject<Job>(JOBS, at, limited));
    const view = viewOf(object);
    return view === undefined ? undefined : { job: object, view };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Claims the job as `read` shows it, or takes it over; `edit` makes the object of the PUT. Once that is sent the signal only
 * cuts the waiting short: then the claim is rolled back. @throws a bug, alone
 */
export async function claimJob(options: ClaimOptions, { job, view }: Read, edit: (job: Job, claim: Claim) => Job, signal: AbortSignal): Promise<ClaimEnd> {
  const { clock, serverTime, random } = options;
  const owner = randomOwner(random);
  const object = edit(job, { owner, nowMs: serverTime.now() });
  const put = await sendClaim(options, object);
  const { uid, version: baseVersion } = view;
  let read: Read | undefined;
  let state = claimStep({ kind: "putting", uid, owner, baseVersion }, put.input, options.settleMs);
  while (state.kind === "reading") {
    await clock.sleep(state.untilMs - clock.monotonic(), signal).catch(() => undefined);
    if (signal.aborted) break;
    const answer = await readJob(options, view, NEVER).catch((error: unknown) => {
      writeFailure(error);
      return "failed" as const;
    });
    const nowMs = clock.monotonic();
    if (answer !== "failed") read = answer;
    state = claimStep(state, answer === "failed" ? { kind: "read-failed", nowMs } : { kind: "read", view: answer?.view, nowMs }, options.settleMs);
  }
  const latest = read ?? put.read;
  if (state.kind === "owned" && latest !== undefined) return { kind: "owned", claimed: { ...latest, owner, sentMs: state.sentMs } };
  if (state.kind !== "lost") {
    read = undefined;
    const counted = (viewOf(object)?.attempt ?? 0) > view.attempt;
    const leftMs = put.input.sentMs + options.validityMs - clock.monotonic();
    await within(Math.min(ROLLBACK_MS, leftMs), clock, NEVER, (limited, onSend) => rollBack(options, view, owner, counted ? "take back" : "keep", limited, onSend));
  }
  const faster = put.error === undefined || isConflict(put.error) || isGone(put.error);
  return faster ? { kind: "lost", read } : { kind: "failed", error: put.error };
}

interface Put {
  input: ClaimInput & { kind: "put" };
  /** The object as the server has answered with it. */
  read: Read | undefined;
  error: unknown;
}

async function sendClaim({ api, clock, requestMs }: ClaimOptions, object: Job): Promise<Put> {
  let sentMs = clock.monotonic();
  const noteSending = () => {
    sentMs = clock.monotonic();
  };
  const input = (answer: Put["input"]["answer"]) => ({ kind: "put", answer, sentMs, nowMs: clock.monotonic() }) as const;
  try {
    const answer = await within(requestMs, clock, NEVER, (limited) => api.replaceObject<Job>(JOBS, object, limited, noteSending));
    const view = viewOf(answer.object);
    return { input: input("written"), read: view === undefined ? undefined : { job: answer.object, view }, error: undefined };
  } catch (error) {
    const failure = writeFailure(error);
    return { input: input(failure === "refused" ? "denied" : failure), read: undefined, error };
  }
}

/** Time for giving a job back, ms. */
export const ROLLBACK_MS = 5_000;
const ROLLBACK_BACKOFF = { firstMs: 50, capMs: 500 };

/**
 * Gives a job back if it is ours and has no result: unclaimed and pending. `take back`: the attempt does not count, since
 * nothing of it runs. False: it may still be claimed, and its lease will expire; nothing is sent after the signal, which
 * `onSend` may abort. @throws a bug, alone
 */
export async function rollBack(
  options: Pick<ClaimOptions, "api" | "clock" | "random">,
  { namespace, name, uid }: Pick<JobView, "namespace" | "name" | "uid">,
  owner: string,
  attempt: "take back" | "keep",
  signal: AbortSignal,
  onSend: () => void,
): Promise<boolean> {
  const { api, clock, random } = options;
  const backoff = new Backoff(random, ROLLBACK_BACKOFF);
  while (!signal.aborted) {
    try {
      const { object } = await api.getObject<Job>(JOBS, { namespace, name }, signal, onSend);
      const view = viewOf(object);
      if (view === undefined || rollbackOf(view, uid, owner) === "leave") return true;
      await api.replaceObject(JOBS, attempt === "take back" ? released(object) : requeued(object), signal, onSend);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const failure = writeFailure(error);
      if (failure === "gone") return true;
      if (failure === "refused") return false;
      const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
      await clock.sleep(Math.max(backoff.next(clock.monotonic()), askedMs), signal).catch(() => undefined);
    }
  }
  return false;
}

/** Opaque, and no two alike: 20 characters of 0-9 and a-z, fit for a label. */
function randomOwner(random: Random): string {
  const word = () => Math.floor(random() * 36 ** 10).toString(36).padStart(10, "0");
  return word() + word();
}

const NEVER = new AbortController().signal;
