// Our lease on a job, as a pure step: what happened in, what holds now out. Two times must not be mixed up: `validity` is
// how long WE may work after the sending of the last successful write, on our monotonic clock; `expiry`, when others
// may take the job, is longer and is judged elsewhere (others-leases.ts).
//
// | input            | held becomes                                                                           |
// | any, too late    | lost once the validity has passed, also when the input is the answer that was awaited  |
// | written          | held, valid until `sentMs` + validity; failures 0                                      |
// | conflict         | held, to be read before the next write; not counted                                    |
// | read             | held if uid and owner are still ours; lost otherwise (gone, replaced, taken, released) |
// | failed           | held with one failure more, to be read before the next write; lost at the third in a row |
// | time             | held                                                                                   |
// Lost stays lost: nothing is ever written for this claim again.

import type { JobView } from "./job-view.ts";

export interface LeaseRules {
  /** Our work ends this long after the sending of the last successful write, ms. */
  validityMs: number;
  /** Pause between renewals, ms; at most a third of the validity. */
  renewalMs: number;
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
  /** The version that we know is outdated: read first, then write. */
  readonly stale: boolean;
  readonly lost: Loss | undefined;
}

export type LeaseInput =
  /** A write of ours that carries the claim was answered with success; `sentMs` is when it was sent. */
  | { kind: "written"; sentMs: number }
  /** The version is not the current one, or may not be: a write was refused for it, or got no answer and was no renewal. */
  | { kind: "conflict" }
  /** A read shows the job, or that there is none. */
  | { kind: "read"; view: JobView | undefined }
  /** A renewal could not be had in any other way: its read or its write failed, or got no answer. */
  | { kind: "failed" }
  /** Nothing but the time. */
  | { kind: "time" };

const MAX_FAILURES = 3;

/** The lease of a claim whose PUT was sent at `sentMs`, monotonic. */
export function leaseOf(uid: string, owner: string, sentMs: number, rules: LeaseRules): Lease {
  return { uid, owner, validUntilMs: sentMs + rules.validityMs, renewAtMs: sentMs + rules.renewalMs, failures: 0, stale: false, lost: undefined };
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
    case "failed": {
      const failures = lease.failures + 1;
      return failures < MAX_FAILURES ? { ...lease, failures, stale: true } : { ...lease, failures, lost: "failing" };
    }
    case "time":
      return lease;
  }
}

/** Whether a write may be sent now: asked before each one, since timers may be late. */
export function mayWrite(lease: Lease, nowMs: number): boolean {
  return lease.lost === undefined && nowMs < lease.validUntilMs;
}

function lossOf({ uid, owner }: Lease, view: JobView | undefined): Loss | undefined {
  if (view === undefined) return "gone";
  if (view.uid !== uid) return "replaced";
  if (view.claim === "") return "released";
  return view.owner === owner ? undefined : "taken";
}
