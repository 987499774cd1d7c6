// One of Grafana's job drivers: takes jobs from the queue, works through each under a claim that it renews, writes
// progress, archives and deletes. Now and then it crashes: then the claim is all that is left.
// src: pkg/registry/apis/provisioning/jobs/{driver,progress}.go in grafana/grafana.

import type { Clock, Random } from "../../base/clock.ts";
import { parseDuration } from "../../base/duration.ts";
import { between, fork, wholeBetween } from "../../base/random.ts";
import { ACTIONS } from "../api/admission.ts";
import { CLEANUPS, setSync } from "../api/repository-jobs.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { Refusal } from "../wire/status.ts";
import type { Stored } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import { Claim, LeaseLost } from "./claim.ts";
import type { JobKey, JobQueue } from "./job-queue.ts";
import type { Parts } from "./parts.ts";
import { someHash, someOwner } from "./specs.ts";
import { type Ending, finalStatus, type JobStatus, planWork, statusAt, type Work } from "./work.ts";

export interface PlayContext {
  store: Store;
  clock: Clock;
  random: Random;
  behaviour: Behaviour;
  parts: Parts;
  signal: AbortSignal;
}

/** Messages and totals are written at most this often, ms. */
const MESSAGE_MS = 500;
/** Results of single resources are written at most this often, ms. */
const RESULTS_MS = 5_000;

/** Drives one job after another until the signal. */
export async function driveJobs(context: PlayContext, queue: JobQueue): Promise<void> {
  const { random, signal } = context;
  let owner = someOwner(random);
  while (!signal.aborted) {
    const key = await queue.next();
    if (signal.aborted) return;
    const crashed = await driveJob(context, key, owner).catch(leaveLost);
    // Whoever starts in its place has another name.
    if (crashed) owner = someOwner(random);
  }
}

/** Claims and works off one job; true if the driver crashed over it. @throws LeaseLost */
async function driveJob(context: PlayContext, { namespace, name }: JobKey, owner: string): Promise<boolean> {
  const { store, clock, behaviour, signal } = context;
  if (isPointless(store, namespace, name)) return false;
  const claim = Claim.take({ store, behaviour }, namespace, name, owner, clock.now());
  if (claim === undefined) return false;
  // What is drawn follows from the order of the claims alone, whatever else goes on.
  const fate = drawFate(context, claim.job);
  const startedMs = Math.floor(clock.now());
  const begun = clock.monotonic();
  const sync = syncOf(context, claim.job, startedMs);
  let updates = 0;
  let reportAt = 0;
  let renewAt = renewal(behaviour);
  sync({ state: "working" });
  for (;;) {
    const elapsed = clock.monotonic() - begun;
    if (elapsed >= fate.endsAt) break;
    if (elapsed >= renewAt) {
      claim.renew(clock.now());
      renewAt = elapsed + renewal(behaviour);
    }
    if (elapsed >= reportAt) {
      // The first write counts as at no time: it says "start job".
      claim.report(statusAt(fate.work, reportAt === 0 ? 0 : elapsed / fate.durationMs, startedMs, ++updates, behaviour));
      reportAt = reportAt === 0 ? MESSAGE_MS : elapsed + (reportAt === MESSAGE_MS ? RESULTS_MS - MESSAGE_MS : RESULTS_MS);
    }
    await clock.sleep(Math.min(fate.endsAt, renewAt, reportAt) - elapsed, signal);
  }
  if (fate.crashes) return true;
  const status = finalStatus(fate.work, startedMs, Math.floor(clock.now()), ++updates, behaviour);
  claim.complete(status);
  const { state, finished } = status;
  sync({ state, finished, message: syncMessage(status), ...(state === "error" ? {} : { lastRef: fate.ref }) });
  return false;
}

interface Fate {
  work: Work;
  /** The commit that a pull brings Grafana to. */
  ref: string;
  durationMs: number;
  crashes: boolean;
  /** When it is over, be it by a crash, ms after the claim. */
  endsAt: number;
}

function drawFate({ random, parts }: PlayContext, { spec }: Stored): Fate {
  const own = fork(random);
  const draw = own();
  const action = String(spec?.["action"] ?? "");
  const ending: Ending = draw < parts.errors ? "error" : draw < parts.errors + parts.warnings ? "warning" : "success";
  const crashes = draw >= 1 - parts.crashes;
  // At least one turn of the event loop: thousands of jobs that take no time must not shut the server's readers out.
  const durationMs = Math.max(Math.ceil(testDuration(spec) ?? between(own, ...parts.durationMs)), 1);
  const endsAt = crashes ? Math.ceil(durationMs * between(own, 0.2, 0.8)) : durationMs;
  const known = Object.hasOwn(ACTIONS, action);
  const work = planWork(own, action, known ? ending : "error", wholeBetween(own, ...parts.resources));
  const ref = someHash(own);
  return { work: known ? work : { ...work, failure: "no workers were registered to handle the job" }, ref, durationMs, crashes, endsAt };
}

/** A synthetic job says itself how long it takes. */
function testDuration(spec: Stored["spec"]): number | undefined {
  if (spec?.["action"] !== "test") return undefined;
  const { duration } = (spec["test"] ?? {}) as { duration?: unknown };
  return typeof duration === "string" ? parseDuration(duration) : undefined;
}

/** Jobs of a repository that is being deleted are left alone, unless they are there to clear it up. */
function isPointless(store: Store, namespace: string, name: string): boolean {
  const spec = store.get("jobs", namespace, name)?.object.spec ?? {};
  const repository = store.get("repositories", namespace, String(spec["repository"] ?? ""))?.object;
  return repository?.metadata.deletionTimestamp !== undefined && !CLEANUPS.includes(spec["action"]);
}

/** Writes `status.sync` of the repository that a pull job is for; does nothing for other jobs. */
function syncOf({ store }: PlayContext, { metadata, spec }: Stored, startedMs: number): (fields: JobStatus) => void {
  if (spec?.["action"] !== "pull") return () => {};
  const path = { namespace: metadata.namespace, repository: String(spec["repository"] ?? "") };
  const { incremental = false } = (spec["pull"] ?? {}) as { incremental?: unknown };
  return (fields) => setSync(store, path, { job: metadata.name, started: startedMs, incremental, ...fields });
}

function syncMessage({ state, message, errors = [], warnings = [] }: JobStatus): unknown[] {
  return state === "success" ? [] : [message, ...(errors as unknown[]), ...(warnings as unknown[])];
}

function renewal({ leaseRenewalMs }: Behaviour): number {
  return Math.max(leaseRenewalMs, 1);
}

/** A job that someone else took or deleted is no fault. */
function leaveLost(error: unknown): boolean {
  if (error instanceof LeaseLost || error instanceof Refusal) return false;
  throw error;
}
