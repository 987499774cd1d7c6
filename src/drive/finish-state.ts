// From finished work to a job that is gone and a record that stays, as a pure step. The order is: final status on the Job,
// record in history, deletion of the Job. The Job is deleted only after a 201 or a read has shown the record, so a crash
// between any two steps leaves what the next driver needs to finish without running the work again.
//
// | step         | request                         | answer → next step                                                      |
// | any          |                                 | lost → kept: the lease is, and the rest is up to the next owner         |
// | status       | PUT the Job                     | written → record; refused → kept                                        |
// | record       | POST the record, by its own name| created → delete; exists, unknown → check; absent → log; refused → kept |
// | check        | GET that name                   | same → delete; missing → record; other → kept; unknown → check          |
// | log          | none: the line is the record    | logged → delete                                                         |
// | delete       | DELETE with uid and version     | deleted, gone → done; conflict, unknown → look; forbidden → kept        |
// | look         | GET the Job                     | gone, replaced → done; ours → delete; changed → kept; unknown → look    |
//
// All of it runs under the lease. The delete would be safe without, and the record has one name whoever writes it; but a
// finisher that was stopped for minutes could write a record anew that somebody else has written, and pruning has
// deleted, meanwhile.

import type { JobView } from "./job-view.ts";

/**
 * Why the Job stays: `lost` = the lease is, `forbidden` = no right to write history or to delete, `refused` = the status or the
 * record was, `other-record` = its name is taken by something else, `changed` = owner or result are not ours any more,
 * `failing` = no usable answer after many tries.
 */
export type Kept = "lost" | "forbidden" | "refused" | "other-record" | "changed" | "failing";

export type FinishState =
  | { step: "status" }
  | { step: "record" | "check" | "delete" | "look"; tries: number }
  | { step: "log" }
  | { step: "done" }
  | { step: "kept"; why: Kept };

export type FinishInput =
  | { step: "lost" }
  | { step: "status"; answer: "written" | "refused" }
  /** `absent`: there is no such collection, history is kept elsewhere. */
  | { step: "record"; answer: "created" | "exists" | "unknown" | "absent" | "forbidden" | "refused" }
  /** `same`: original-uid and finished are those of the job. */
  | { step: "check"; answer: "same" | "missing" | "other" | "unknown" | "forbidden" }
  | { step: "log"; answer: "logged" }
  | { step: "delete"; answer: "deleted" | "gone" | "conflict" | "unknown" | "forbidden" }
  | { step: "look"; answer: "gone" | "replaced" | "ours" | "changed" | "unknown" };

export interface FinishStart {
  /** The Job holds its final status already: somebody died after writing it. */
  written: boolean;
  /** A record is wanted: not with one that pruning would delete at once. */
  recordWanted: boolean;
}

const MAX_TRIES = 20;

export function finishStart({ written, recordWanted }: FinishStart): FinishState {
  if (!written) return { step: "status" };
  return recordWanted ? { step: "record", tries: 0 } : { step: "delete", tries: 0 };
}

/** An input that answers another step than the present one changes nothing. */
export function finishStep(state: FinishState, input: FinishInput): FinishState {
  if (input.step === "lost") return state.step === "done" || state.step === "kept" ? state : { step: "kept", why: "lost" };
  if (state.step !== input.step) return state;
  switch (input.step) {
    case "status":
      return input.answer === "written" ? { step: "record", tries: 0 } : { step: "kept", why: "refused" };
    case "record":
      switch (input.answer) {
        case "created":
          return { step: "delete", tries: 0 };
        case "exists":
        case "unknown":
          // A refusal and a lost answer prove nothing: look what is there.
          return again(state, "check");
        case "absent":
          return { step: "log" };
        case "forbidden":
          return { step: "kept", why: "forbidden" };
        case "refused":
          return { step: "kept", why: "refused" };
      }
      break;
    case "check":
      switch (input.answer) {
        case "same":
          return { step: "delete", tries: 0 };
        case "missing":
          return again(state, "record");
        case "unknown":
          return again(state, "check");
        case "other":
          return { step: "kept", why: "other-record" };
        case "forbidden":
          return { step: "kept", why: "forbidden" };
      }
      break;
    case "log":
      return { step: "delete", tries: 0 };
    case "delete":
      switch (input.answer) {
        case "deleted":
        case "gone":
          return { step: "done" };
        case "conflict":
        case "unknown":
          return again(state, "look");
        case "forbidden":
          return { step: "kept", why: "forbidden" };
      }
      break;
    case "look":
      switch (input.answer) {
        case "gone":
        case "replaced":
          return { step: "done" };
        case "ours":
          return again(state, "delete");
        case "unknown":
          return again(state, "look");
        case "changed":
          return { step: "kept", why: "changed" };
      }
  }
}

/** What is deleted: this very version of this very job, and nothing else of its name. */
export function deleteTarget({ namespace, name, uid, version }: JobView): { namespace: string; name: string; uid: string; version: string } {
  return { namespace, name, uid, version };
}

/** What a read of the Job tells after a delete that did not delete; `mine`: as we last knew it. Undefined = no such job. */
export function lookOf(view: JobView | undefined, mine: JobView): "gone" | "replaced" | "ours" | "changed" {
  if (view === undefined) return "gone";
  if (view.uid !== mine.uid) return "replaced";
  const ours = view.claim !== "" && view.owner === mine.owner;
  const sameResult = view.finished && view.finishedMs === mine.finishedMs && view.state === mine.state;
  return ours && sameResult ? "ours" : "changed";
}

function again(state: FinishState, step: "record" | "check" | "delete" | "look"): FinishState {
  const tries = ("tries" in state ? state.tries : 0) + 1;
  return tries < MAX_TRIES ? { step, tries } : { step: "kept", why: "failing" };
}
