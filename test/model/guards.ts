// Every guard of the steps, the edit that switches it off, and the world in which it is missed. `missed: undefined`: nothing in
// these worlds misses it; `why` says what stands behind it, or what the model lacks.

import type { Edit } from "../support/mutant.ts";
import { explore, type Outcome } from "./explore.ts";
import type { SettingName } from "./settings.ts";
import { SETTINGS } from "./settings.ts";
import { type Steps, stepsFrom } from "./steps.ts";
import { withMutant } from "../support/mutant.ts";
import { type Law, type Model, modelOf, type Setting } from "./world.ts";

export interface Guard extends Edit {
  name: string;
  setting: SettingName;
  /** The law that is broken without it; others are not looked at where `alone`. */
  missed: Law | undefined;
  alone?: true;
  why?: string;
}

const CLAIM = "drive/claim-state.ts";
const LEASE = "drive/lease-state.ts";
const VIEW = "drive/job-view.ts";
const OTHERS = "drive/others-leases.ts";
const REAP = "drive/reap.ts";
const FINISH = "drive/finish-state.ts";
const RECORD = "drive/record.ts";

export const GUARDS: readonly Guard[] = [
  // The claim
  { name: "only an unclaimed job is claimed", file: CLAIM, from: 'view.claim === "" && ', to: "", setting: "atomic", missed: "overlap" },
  { name: "a job with a result is only archived", file: CLAIM, from: '  if (finished) return "archive";\n', to: "", setting: "meddled", missed: "second result" },
  { name: "attempts are bounded at the claim", file: CLAIM, from: 'spent < maxAttempts ? "run" : "fail"', to: '"run"', setting: "atomic", missed: "too often" },
  { name: "a claim is an attempt", file: VIEW, from: "return countedUp(withClaim(job, claim), ANNOTATION_ATTEMPT);", to: "return withClaim(job, claim);", setting: "atomic", missed: "token" },
  { name: "a PUT names its version", file: VIEW, from: "...job.metadata?.labels, ...claim } } };", to: "...job.metadata?.labels, ...claim }, resourceVersion: undefined } };", setting: "atomic", missed: "overlap" },
  { name: "a claim of which nothing is known is doubted", file: CLAIM, from: 'if (answer === "written" && settleMs === 0)', to: "if (settleMs === 0)", setting: "atomic", missed: "overlap", alone: true },
  { name: "a claim settles", file: CLAIM, from: ' && settleMs === 0) return { kind: "owned"', to: ') return { kind: "owned"', setting: "prompt", missed: "overlap" },
  { name: "the read waits for the settling", file: CLAIM, from: "untilMs: landedMs + settleMs", to: "untilMs: landedMs", setting: "prompt", missed: "overlap", alone: true },
  { name: "a claim without answer settles twice as long", file: CLAIM, from: "Math.max(nowMs, sentMs + settleMs)", to: "nowMs", setting: "fine", missed: "overlap" },
  { name: "the read must show our owner", file: CLAIM, from: 'if (view.owner === owner && view.claim !== "")', to: 'if (view.claim !== "")', setting: "prompt", missed: "overlap", alone: true },
  { name: "the read must show a claim", file: CLAIM, from: 'view.owner === owner && view.claim !== ""', to: "view.owner === owner", setting: "doubtful", missed: "goes on" },
  { name: "the read must show our uid", file: CLAIM, from: "view === undefined || view.uid !== uid", to: "view === undefined", setting: "doubtful", missed: undefined, why: "the owner is of this claim alone" },
  { name: "a read older than our claim is repeated", file: CLAIM, from: "if (view.version === baseVersion) return readAgain(state, input.nowMs);\n", to: "", setting: "single", missed: undefined, why: "the claim is left, and its lease expires: it costs an attempt" },

  // Our lease
  { name: "the validity ends every input", file: LEASE, from: '  if (nowMs >= lease.validUntilMs) return { ...lease, lost: "expired" };\n', to: "", setting: "small", missed: "dead end" },
  { name: "the validity is asked before a write", file: LEASE, from: "lease.lost === undefined && nowMs < lease.validUntilMs", to: "lease.lost === undefined", setting: "atomic", missed: "late write" },
  { name: "the validity counts from the sending of the claim", file: CLAIM, from: 'return { kind: "owned", uid, owner, sentMs };\n    // Whatever', to: 'return { kind: "owned", uid, owner, sentMs: nowMs };\n    // Whatever', setting: "atomic", missed: "overlap", alone: true },
  { name: "the validity is below the expiry", file: LEASE, from: "validUntilMs: sentMs + rules.validityMs,", to: "validUntilMs: sentMs + 2 * rules.validityMs,", setting: "atomic", missed: "overlap", alone: true },
  { name: "lost is not held", file: LEASE, from: "lease.lost === undefined && nowMs", to: "nowMs", setting: "single", missed: undefined, why: "who has lost the lease is told at once and asks no more" },
  { name: "lost stays lost", file: LEASE, from: "  if (lease.lost !== undefined) return lease;\n", to: "", setting: "single", missed: undefined, why: "no input takes `lost` away; it keeps the first reason" },
  { name: "the owner is looked at in every read", file: LEASE, from: 'view.owner === owner ? undefined : "taken"', to: "undefined", setting: "slow", missed: "goes on" },
  { name: "a claim that was taken away is noticed", file: LEASE, from: '  if (view.claim === "") return "released";\n', to: "", setting: "meddled", missed: "goes on" },
  { name: "a job that is gone is noticed", file: LEASE, from: 'if (view === undefined) return "gone";', to: "if (view === undefined) return undefined;", setting: "meddled", missed: "goes on" },
  { name: "another uid is noticed", file: LEASE, from: '  if (view.uid !== uid) return "replaced";\n', to: "", setting: "meddled", missed: undefined, why: "the next job of the name has no claim, or another owner" },
  { name: "a conflict is read before the next write", file: LEASE, from: 'case "conflict":\n      return { ...lease, stale: true };', to: 'case "conflict":\n      return lease;', setting: "single", missed: undefined, why: "the same version is refused again until the lease ends" },
  { name: "nothing is written while a write may still land", file: LEASE, from: " && nowMs >= lease.quietUntilMs", to: "", setting: "prompt", missed: "second result" },
  { name: "a read older than our result is none", file: LEASE, from: "return view.attempt < mine.attempt ||", to: "return view.attempt < mine.attempt && ", setting: "atomic", missed: "dead end" },
  { name: "three failures end the lease", file: LEASE, from: "failures < MAX_FAILURES ?", to: "true ?", setting: "single", missed: undefined, why: "the validity does, later" },

  // Leases of others
  { name: "a lease is given its time", file: OTHERS, from: "nowMs - seen.sinceMs >= expiryMs;", to: "true;", setting: "atomic", missed: "overlap" },
  { name: "the expiry is above the validity", file: OTHERS, from: "nowMs - seen.sinceMs >= expiryMs;", to: "nowMs - seen.sinceMs >= expiryMs / 3;", setting: "atomic", missed: "overlap" },
  { name: "any change starts the clock again", file: OTHERS, from: "if (seen !== undefined && seen.version === version) return seen;", to: "if (seen !== undefined) return seen;", setting: "atomic", missed: "dead end" },
  { name: "the clock runs for one version alone", file: OTHERS, from: "if (seen !== undefined && seen.version === version) return seen;", to: "if (seen !== undefined) return { ...seen, version };", setting: "atomic", missed: "overlap" },
  { name: "reaped is the version that was seen", file: OTHERS, from: "seen.version === version && nowMs", to: "nowMs", setting: "single", missed: undefined, why: "seenStep() sees every version that is judged" },
  { name: "an unclaimed job has no lease", file: OTHERS, from: 'return claim !== "" && seen', to: "return seen", setting: "single", missed: undefined, why: "nothing is kept of an unclaimed job" },

  // Reaping and giving back
  { name: "a result is never put back", file: REAP, from: '  if (finished) return "archive";\n', to: "", setting: "atomic", missed: "second result" },
  { name: "attempts are bounded at the reap", file: REAP, from: " && spent < maxAttempts", to: "", setting: "single", missed: undefined, why: "the claim after it fails the job" },
  { name: "a reap takes the claim over", file: REAP, from: "requeued(job) : withClaim(job, claim)", to: "requeued(job) : job", setting: "atomic", missed: "steals" },
  { name: "a reap names its version", file: VIEW, from: "metadata: { ...job.metadata, labels }, status: { ...status", to: "metadata: { ...job.metadata, labels, resourceVersion: undefined }, status: { ...status", setting: "atomic", missed: "overlap", alone: true },
  { name: "putting back frees the job", file: VIEW, from: "[LABEL_CLAIM]: _claim, [LABEL_CLAIM_OWNER]: _owner, ...labels", to: "...labels", setting: "atomic", missed: "dead end" },
  { name: "only one's own is given back", file: REAP, from: "view.uid !== uid || view.owner !== owner || view.claim", to: "view.uid !== uid || view.claim", setting: "atomic", missed: "steals" },
  { name: "a result is not given back", file: REAP, from: 'view.finished ? "leave" : "release"', to: '"release"', setting: "atomic", missed: "second result" },

  // The finish
  { name: "the status comes before the record", file: FINISH, from: 'if (!written) return { step: "status" };', to: 'if (!written) return { step: "record", tries: 0 };', setting: "atomic", missed: "early record" },
  { name: "the record comes before the delete", file: FINISH, from: 'answer === "written" ? { step: "record", tries: 0 }', to: 'answer === "written" ? { step: "delete", tries: 0 }', setting: "atomic", missed: "unrecorded" },
  { name: "a record without answer is looked for", file: FINISH, from: 'case "unknown":\n          // A refusal', to: 'case "unknown":\n          return { step: "delete", tries: 0 };\n          // A refusal', setting: "atomic", missed: "unrecorded" },
  { name: "a 409 on the record proves nothing", file: FINISH, from: 'case "exists":\n', to: 'case "exists":\n          return { step: "delete", tries: 0 };\n', setting: "atomic", missed: "unrecorded" },
  { name: "a record that is missing is written again", file: FINISH, from: 'return again(state, "record");', to: 'return { step: "delete", tries: 0 };', setting: "atomic", missed: "unrecorded" },
  { name: "another record keeps the job", file: FINISH, from: 'return { step: "kept", why: "other-record" };', to: 'return { step: "delete", tries: 0 };', setting: "slow", missed: "unrecorded" },
  { name: "the record's name is the job's", file: RECORD, from: "return start === \"\" ? uid : `${start}-${uid}`;", to: "return `${start}-${uid}-${serial++}`;\n}\nlet serial = 0;\n{", setting: "atomic", missed: "records" },
  { name: "the delete names the uid and the version", file: FINISH, from: "return { namespace, name, uid, version };", to: "return { namespace, name } as never;", setting: "atomic", missed: "unrecorded" },
  { name: "the delete names the version", file: FINISH, from: "return { namespace, name, uid, version };", to: "return { namespace, name, uid } as never;", setting: "slow", missed: "unrecorded" },
  { name: "another job of the name is left alone", file: FINISH, from: '  if (view.uid !== mine.uid) return "replaced";\n', to: "", setting: "single", missed: undefined, why: "it is `changed` then, and kept" },
  { name: "a job that has changed is kept", file: FINISH, from: 'return ours && sameResult ? "ours" : "changed";', to: 'return "ours";', setting: "slow", missed: "unrecorded" },
  { name: "a delete without answer is looked after", file: FINISH, from: 'case "conflict":\n        case "unknown":\n          return again(state, "look");', to: 'case "conflict":\n        case "unknown":\n          return { step: "done" };', setting: "single", missed: undefined, why: "whoever reaps it ends it, later" },
];

export interface Tried {
  guard: Guard;
  outcome: Outcome;
  model: Model;
  ms: number;
}

/** Explores without the guard. `now`: monotonic, ms. */
export function tryWithout(guard: Guard, now: () => number, setting: Setting = SETTINGS[guard.setting]): Promise<Tried> {
  return withMutant(guard, async (load) => {
    const steps: Steps = await stepsFrom(load);
    const model = modelOf(steps, guard.alone && guard.missed !== undefined ? { ...setting, laws: [guard.missed] } : setting);
    const began = now();
    return { guard, outcome: explore(model), model, ms: now() - began };
  });
}
