// Whatever must never be is planted in the story of a job that is well, and has to be noticed.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Change, JobChange, RecordChange } from "./changes.ts";
import { type Facts, judge, type Rule } from "./judge.ts";
import type { Run } from "./side-files.ts";

const UID = "uid-1";
const END = 1_700_000_000_000;

type Fields = Partial<Omit<JobChange, "kind">>;

/** Changes of one job in their order, each half a second after the one before unless it says otherwise; a job keeps what no change names. */
function story(...steps: (Fields | { record: Partial<RecordChange> })[]): Change[] {
  let job: JobChange = {
    kind: "job", type: "ADDED", atMs: 0, version: 0n, name: "repo-sync", uid: UID, state: "", finishedMs: 0, claim: "", owner: "", attempt: 0, touch: "",
  };
  return steps.map((step, index): Change => {
    const at = { atMs: job.atMs + 500, version: BigInt(index + 1) };
    if ("record" in step) {
      const { uid, state, finishedMs } = job;
      job = { ...job, atMs: step.record.atMs ?? at.atMs };
      return { kind: "record", type: "ADDED", name: `repo-sync-${UID}`, uid, state, finishedMs, ...at, ...step.record };
    }
    const claim = step.owner === undefined ? {} : { claim: step.owner === "" ? "" : "1700000000000" };
    job = { ...job, type: index === 0 ? "ADDED" : "MODIFIED", ...at, ...claim, ...step };
    return job;
  });
}

const ADDED: Fields = {};
const CLAIMED: Fields = { owner: "a", attempt: 1 };
const RENEWED: Fields = {};
const ENDED: Fields = { state: "success", finishedMs: END };
const RECORDED = { record: {} };
const DELETED: Fields = { type: "DELETED" };

/** A run within the first claim. */
const RUN: Run = { uid: UID, attempt: 1, pid: 10, name: "repo-sync", beginMs: 1_200, lastMs: 1_400, code: 0, saw: [] };

function verdict(facts: Partial<Facts>) {
  return judge({ created: new Map([[UID, "repo-sync"]]), runs: [RUN], changes: [], validityMs: 5_000, silenceMs: 7_500, atomic: true, ...facts });
}

function rules(changes: Change[], runs: Run[] = [RUN], more: Partial<Facts> = {}): Rule[] {
  return [...new Set(verdict({ changes, runs, ...more }).breaches.map(({ rule }) => rule))];
}

describe("a job that is well", () => {
  test("breaks no rule", () => {
    const { breaches, ...counts } = verdict({ changes: story(ADDED, CLAIMED, RENEWED, ENDED, RECORDED, DELETED) });
    assert.deepEqual(breaches, []);
    assert.deepEqual(counts, { jobs: 1, runs: 1, again: 0, killed: 0, records: 1, left: 0 });
  });

  test("breaks none when it is given back, reaped and run again", () => {
    const again = { ...RUN, attempt: 2, pid: 11, beginMs: 20_300, lastMs: 20_600 };
    const changes = story(ADDED, CLAIMED, { owner: "", atMs: 15_000, state: "pending" }, { owner: "b", attempt: 2, atMs: 20_000 }, { ...ENDED, atMs: 21_000 }, RECORDED, DELETED);
    assert.deepEqual(rules(changes, [{ ...RUN, code: undefined }, again]), []);
    assert.deepEqual(rules(story(ADDED, CLAIMED, { owner: "b", atMs: 15_000 }, { state: "error", finishedMs: END }, RECORDED, DELETED), [{ ...RUN, code: undefined }]), []);
  });

  test("breaks none when it is taken, its attempts used up, to be ended", () => {
    const changes = story(ADDED, CLAIMED, { owner: "", atMs: 15_000, state: "pending" }, { owner: "b", atMs: 20_000 }, { state: "error", finishedMs: END, atMs: 21_000 }, RECORDED, DELETED);
    assert.deepEqual(rules(changes, [{ ...RUN, code: 1 }]), []);
  });

  test("breaks none when others move its version, and changes come out of order", () => {
    const touched = story(ADDED, CLAIMED, { touch: "1", atMs: 9_000 }, { ...RENEWED, atMs: 4_000 }, ENDED, RECORDED, DELETED);
    assert.deepEqual(rules(touched), []);
    assert.deepEqual(rules(story(ADDED, CLAIMED, ENDED, RECORDED, DELETED).toReversed()), []);
  });
});

describe("a breach is noticed", () => {
  const planted: Record<string, [rule: Rule, changes: Change[], runs?: Run[]]> = {
    "a worker that finds another alive": ["overlap", story(ADDED, CLAIMED, ENDED, RECORDED, DELETED), [{ ...RUN, saw: [9] }]],
    "a worker that begins before another ends": [
      "overlap",
      story(ADDED, CLAIMED, { owner: "", atMs: 2_000 }, { owner: "b", attempt: 2, atMs: 3_000 }, ENDED, RECORDED, DELETED),
      [{ ...RUN, code: undefined, lastMs: 3_300 }, { ...RUN, attempt: 2, pid: 11, beginMs: 3_200, lastMs: 3_400 }],
    ],
    "a job that is deleted without a record": ["lost", story(ADDED, CLAIMED, ENDED, DELETED)],
    "a job that is deleted before its record": ["lost", story(ADDED, CLAIMED, ENDED, DELETED, RECORDED)],
    "a second record": ["record", story(ADDED, CLAIMED, ENDED, RECORDED, { record: { name: "repo-sync-x7f2q" } }, DELETED)],
    "a record that is deleted": ["record", story(ADDED, CLAIMED, ENDED, RECORDED, { record: { type: "DELETED" } }, DELETED)],
    "a record of an unfinished job": ["record", story(ADDED, CLAIMED, RECORDED, ENDED, DELETED)],
    "a record of another end": ["record", story(ADDED, CLAIMED, ENDED, { record: { finishedMs: END + 1 } }, DELETED)],
    "an owner that writes once it was replaced": ["late write", story(ADDED, CLAIMED, { owner: "b", atMs: 15_000 }, { owner: "a", atMs: 30_000 }, ENDED, RECORDED, DELETED)],
    "an owner that writes after its claim was taken away": [
      "late write",
      story(ADDED, CLAIMED, { owner: "", atMs: 15_000 }, { owner: "a", attempt: 2 }, ENDED, RECORDED, DELETED),
    ],
    "an owner that was silent and writes": ["late write", story(ADDED, CLAIMED, { ...RENEWED, atMs: 9_000 }, ENDED, RECORDED, DELETED)],
    "an owner that was silent and records the end": ["late write", story(ADDED, CLAIMED, ENDED, { record: { atMs: 9_000 } }, DELETED)],
    "an owner that was silent and deletes the job": ["late write", story(ADDED, CLAIMED, ENDED, RECORDED, { ...DELETED, atMs: 9_500 })],
    "a worker that its owner's silence does not end": [
      "outlived",
      story(ADDED, CLAIMED, { owner: "", atMs: 15_000 }, { owner: "b", attempt: 2 }, ENDED, RECORDED, DELETED),
      [{ ...RUN, code: undefined, lastMs: 9_000 }, { ...RUN, attempt: 2, pid: 11, beginMs: 15_600, lastMs: 15_700 }],
    ],
    "a worker that lives on while another owner ends its job": [
      "outlived",
      story(ADDED, CLAIMED, { owner: "b", atMs: 15_000 }, { state: "error", finishedMs: END }, RECORDED, DELETED),
      [{ ...RUN, code: undefined, lastMs: 15_200 }],
    ],
    "a lease that is taken while it is valid": ["stolen", story(ADDED, CLAIMED, { owner: "b" }, ENDED, RECORDED, DELETED)],
    "a claim that does not count": ["attempt", story(ADDED, CLAIMED, { owner: "" }, { owner: "b", state: "working" }, ENDED, RECORDED, DELETED)],
    "a run that nobody has claimed": ["attempt", story(ADDED, CLAIMED, ENDED, RECORDED, DELETED), [{ ...RUN, attempt: 2 }]],
    "a run with the number of the one before": [
      "attempt",
      story(ADDED, CLAIMED, ENDED, RECORDED, DELETED),
      [RUN, { ...RUN, pid: 11, beginMs: 1_450, lastMs: 1_460 }],
    ],
    "a run after the end": ["rerun", story(ADDED, CLAIMED, ENDED, RECORDED, DELETED), [{ ...RUN, beginMs: 1_600, lastMs: 1_700 }]],
    "a finished job that is given back": [
      "rerun",
      story(ADDED, CLAIMED, ENDED, { owner: "", state: "pending", finishedMs: 0 }, { owner: "b", attempt: 2 }, ENDED, RECORDED, DELETED),
    ],
    "an end that is written over": ["result", story(ADDED, CLAIMED, ENDED, { state: "error", finishedMs: END + 1 }, { record: {} }, DELETED)],
    "a success that no worker had": ["result", story(ADDED, CLAIMED, ENDED, RECORDED, DELETED), [{ ...RUN, code: 1 }]],
    "a job that is left": ["stuck", story(ADDED, CLAIMED)],
    "a job that the recorder has not seen": ["unseen", []],
  };

  for (const [what, [rule, changes, runs]] of Object.entries(planted)) {
    test(what, () => assert.deepEqual(rules(changes, runs), [rule]));
  }
});

describe("a server without atomic compare-and-swap", () => {
  test("may let two claims succeed, of which the later one counts", () => {
    const changes = story(ADDED, CLAIMED, { owner: "b" }, ENDED, RECORDED, DELETED);
    assert.deepEqual(rules(changes, [RUN], { atomic: false }), []);
  });
});
