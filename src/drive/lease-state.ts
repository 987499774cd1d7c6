// Our lease on a job, as a pure step: what happened in, what holds now out. Two times must not be mixed up: `validity` is
// how long WE may work after the sending of the last successful write, on our monotonic clock; `expiry`, when others
// may take the job, is longer and is judged elsewhere (others-leases.ts).
//
// | input            | held becomes                                                                           |
// | any, too late    | lost once the validity has passed, also when the input is the answer that was awaited  |
// | written          | held, valid until `sentMs` + validity; failures 0                                      |
// | conflict         | held, to be read before the next write; not counted                                    |
// | unanswered       | the same, once what was sent has landed if ever it will; counted if it was a renewal   |
// | read             | held if uid and owner are still ours; lost otherwise (gone, replaced, taken, released) |
// | failed           | held with one failure more; lost at the third in a row                                 |
// | time             | held                                                                                   |
// Lost stays lost: nothing is ever written for this claim again.

import type { JobView } from "./job-view.ts";

export interface LeaseRules {
  /** Our work ends this long after the sending of the last successful write, ms. */
  validityMs: number;
  /** Pause between renewals, ms; at most a third of the validity. */
  renewalMs: number;
  /** A write lands at most so long after its sending, ms, where compare-and-swap is not atomic; 0 where it is. */
  settleMs: number;
}

/** Why a lease is lost: `expired` = not renewed in time, `gone` = no such job, `replaced` = another uid, `taken` = another owner, `released` = no claim, `failing` = three failed writes in a row. */
export type Loss = "expired" | "gone" | "replaced" | "taken" | "released" | "failing";

export interface Lease {
  readonly uid: string;
  readonly owner: string;
  /** Monotonic, ms: at this time the work is over. */
  readonly validUntilMs: number;
  /** Monotonic, ms. */
  readonly renewAtMs: number;
  readonly failures: number;
  /** The version that we know is outdated, or may be: read first, then write. */
  readonly stale: boolean;
  /** Monotonic, ms: until then a write of ours that was not answered may still land upon the next one. */
  readonly quietUntilMs: number;
  readonly lost: Loss | undefined;
}

export type LeaseInput =
  /** A write of ours that carries the claim was answered with success; `sentMs` is when it was sent. */
  | { kind: "written"; sentMs: number }
  /** A write was refused since the version is not the current one. */
  | { kind: "conflict" }
  /** A write got no answer that says what became of it, so it may have been carried out, or be so yet. */
  | { kind: "unanswered"; sentMs: number; renewal: boolean }
  /** A read shows the job, or that there is none. */
  | { kind: "read"; view: JobView | undefined }
  /** A renewal certainly was not carried out: its read failed, or its write was not sent. */
  | { kind: "failed" }
  /** Nothing but the time. */
  | { kind: "time" };

const MAX_FAILURES = 3;

/** The lease of a claim whose PUT was sent at `sentMs`, monotonic. */
export function leaseOf(uid: string, owner: string, sentMs: number, rules: LeaseRules): Lease {
  const times = { validUntilMs: sentMs + rules.validityMs, renewAtMs: sentMs + rules.renewalMs, quietUntilMs: sentMs };
  return { uid, owner, ...times, failures: 0, stale: false, lost: undefined };
}

/** `nowMs`: when the input became known, monotonic. */
export function leaseStep(lease: Lease, input: LeaseInput, nowMs: number, rules: LeaseRules): Lease {
  if (lease.lost !== undefined) return lease;
  if (nowMs >= lease.validUntilMs) return { ...lease, lost: "expired" };
  switch (input.kind) {
    case "written": {
      // Answers may overtake each other: a lease never becomes shorter by a success.
      const { validUntilMs, renewAtMs } = leaseOf(lease.uid, lease.owner, input.sentMs, rules);
      return {
        ...lease,
        validUntilMs: Math.max(lease.validUntilMs, validUntilMs),
        renewAtMs: Math.max(lease.renewAtMs, renewAtMs),
        failures: 0,
        stale: false,
      };
    }
    case "conflict":
      return { ...lease, stale: true };
    case "read": {
      const lost = lossOf(lease, input.view);
      return lost === undefined ? { ...lease, stale: false } : { ...lease, lost };
    }
    case "unanswered": {
      const quiet = { ...lease, stale: true, quietUntilMs: Math.max(lease.quietUntilMs, input.sentMs + rules.settleMs) };
      return input.renewal ? failedOnce(quiet) : quiet;
    }
    case "failed":
      return failedOnce(lease);
    case "time":
      return lease;
  }
}

function failedOnce(lease: Lease): Lease {
  const failures = lease.failures + 1;
  return failures < MAX_FAILURES ? { ...lease, failures } : { ...lease, failures, lost: "failing" };
}

/** Whether the job is ours now: asked before everything that is done for it, since timers may be late. */
export function holds(lease: Lease, nowMs: number): boolean {
  return lease.lost === undefined && nowMs < lease.validUntilMs;
}

/** Whether a write may be sent now, and the read that goes ahead of it if the version may be outdated. */
export function mayWrite(lease: Lease, nowMs: number): boolean {
  return holds(lease, nowMs) && nowMs >= lease.quietUntilMs;
}

/** Whether a read that shows our claim is older than what we have written last: of an attempt before ours, or without our result. */
export function isOldRead(view: JobView, mine: JobView): boolean {
  if (view.uid !== mine.uid || view.claim === "" || view.owner !== mine.owner) return false;
  return view.attempt < mine.attempt || (mine.finished && view.finishedMs !== mine.finishedMs);
}

function lossOf({ uid, owner }: Lease, view: JobView | undefined): Loss | undefined {
  if (view === undefined) return "gone";
  if (view.uid !== uid) return "replaced";
  if (view.claim === "") return "released";
  return view.owner === owner ? undefined : "taken";
}
