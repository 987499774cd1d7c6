// From a job that may be claimed to one that is ours, as a pure step. Where compare-and-swap is not atomic (Grafana before
// October 2025) two claims can both be answered with 200: then the claim counts only once it has settled and a read still shows it.
//
// | state   | input                                   | next                                               |
// | putting | written, nothing to settle              | owned                                              |
// | putting | written, conflict, unknown              | reading, once the claim has settled                |
// | putting | gone, unsent                            | lost                                               |
// | putting | denied                                  | unclear                                            |
// | reading | no such job, another uid                | lost                                               |
// | reading | our owner                               | owned                                              |
// | reading | the version before our PUT, or no read  | reading once more; unclear after the third         |
// | reading | anything else                           | lost                                               |
// No answer proves that nothing was carried out: it may be that to the echo of a PUT that was (kube/api-objects.ts).
// A job of which the lease has expired is taken over by the same steps.

import type { JobView } from "./job-view.ts";

export type ClaimState =
  /** The PUT is under way, at this version of the job. */
  | { kind: "putting"; uid: string; owner: string; baseVersion: string }
  /** It may or may not have been written, or has to settle: a read decides. `untilMs` = not before, monotonic. */
  | { kind: "reading"; uid: string; owner: string; baseVersion: string; sentMs: number; untilMs: number; reads: number }
  /** Ours; the lease counts from `sentMs`. */
  | { kind: "owned"; uid: string; owner: string; sentMs: number }
  /** Not ours: somebody was faster, or the job is gone. */
  | { kind: "lost" }
  /** Nobody can tell: to be rolled back, in case it is ours. */
  | { kind: "unclear"; uid: string; owner: string };

export type ClaimInput =
  /** `unsent`: certainly not carried out. `denied`: refused, or not looked at, if it is no echo. */
  | { kind: "put"; answer: "written" | "conflict" | "gone" | "denied" | "unsent" | "unknown"; sentMs: number; nowMs: number }
  /** Undefined = no such job. */
  | { kind: "read"; view: JobView | undefined; nowMs: number }
  | { kind: "read-failed"; nowMs: number };

/** Reads after which a claim that does not show is given up. */
const MAX_READS = 3;
const READ_PAUSE_MS = 200;

/** Whether a job may be claimed by one who has workers for `actions`. */
export function claimable(view: JobView, serves: (action: string) => boolean): boolean {
  return view.claim === "" && !view.deleting && (view.finished || serves(view.action));
}

/** What there is to do with an unclaimed job once it is ours: its view from before the claim. */
export function courseOf({ finished, spent }: JobView, maxAttempts: number): "run" | "fail" | "archive" {
  if (finished) return "archive";
  return spent < maxAttempts ? "run" : "fail";
}

export function claimStep(state: ClaimState, input: ClaimInput, settleMs: number): ClaimState {
  if (state.kind === "putting" && input.kind === "put") {
    const { uid, owner, baseVersion } = state;
    const { answer, sentMs, nowMs } = input;
    if (answer === "gone" || answer === "unsent") return { kind: "lost" };
    if (answer === "denied") return { kind: "unclear", uid, owner };
    if (answer === "written" && settleMs === 0) return { kind: "owned", uid, owner, sentMs };
    // Whatever was checked against the version before ours lands at most one settle time after ours has landed.
    const landedMs = answer === "unknown" ? Math.max(nowMs, sentMs + settleMs) : nowMs;
    return { kind: "reading", uid, owner, baseVersion, sentMs, untilMs: landedMs + settleMs, reads: 0 };
  }
  if (state.kind === "reading" && input.kind === "read") {
    const { uid, owner, baseVersion, sentMs } = state;
    const { view } = input;
    if (view === undefined || view.uid !== uid) return { kind: "lost" };
    if (view.owner === owner && view.claim !== "") return { kind: "owned", uid, owner, sentMs };
    // Not even our own write shows: the read is older than it, or the write never came.
    if (view.version === baseVersion) return readAgain(state, input.nowMs);
    return { kind: "lost" };
  }
  if (state.kind === "reading" && input.kind === "read-failed") return readAgain(state, input.nowMs);
  return state;
}

function readAgain(state: ClaimState & { kind: "reading" }, nowMs: number): ClaimState {
  const reads = state.reads + 1;
  if (reads >= MAX_READS) return { kind: "unclear", uid: state.uid, owner: state.owner };
  return { ...state, reads, untilMs: nowMs + READ_PAUSE_MS };
}
