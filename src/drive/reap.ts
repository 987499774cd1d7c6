// What becomes of a job whose owner's lease has expired: one compare-and-swap, at the version at which our clock started,
// decides. A late renewal has changed the version and wins; after ours it has lost. And what an owner gives back by itself.

import type { Job } from "../provisioning.ts";
import { type Claim, type JobView, requeued, withClaim } from "./job-view.ts";

export interface ReapRules {
  onExpired: "requeue" | "fail";
  /** Attempts, those given back apart, after which a job is failed instead of run once more. */
  maxAttempts: number;
}

/** `requeue`: the claim goes, anybody may claim. `fail`, `archive`: we take the claim over and end the job like any driver. */
export type Reap = "requeue" | "fail" | "archive";

/** What to do with a job that its owner has left. */
export function reapOf({ finished, spent }: JobView, { onExpired, maxAttempts }: ReapRules): Reap {
  if (finished) return "archive";
  return onExpired === "requeue" && spent < maxAttempts ? "requeue" : "fail";
}

/** The object of that one compare-and-swap. It carries the version of `job`: never read it again for a reap. */
export function reapObject(job: Job, reap: Reap, claim: Claim): Job {
  return reap === "requeue" ? requeued(job) : withClaim(job, claim);
}

/** Whether a job that we have claimed and not ended can be given back: only while it is ours, and never once it has its result. */
export function rollbackOf(view: JobView, uid: string, owner: string): "release" | "leave" {
  if (view.uid !== uid || view.owner !== owner || view.claim === "") return "leave";
  return view.finished ? "leave" : "release";
}
