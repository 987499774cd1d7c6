// The verdict: what was created, what workers wrote of themselves and what happened on the server in; counts and breaches
// out. Pure, and the only place that says what must never be.

import { type Change, type JobChange, ordered, type RecordChange } from "./changes.ts";
import type { Run } from "./side-files.ts";

export const RULES = {
  overlap: "two worker processes of one job lived at the same time",
  lost: "a job went without a record",
  record: "a job has not exactly one record, or it tells of another end",
  "late write": "an owner wrote after it had lost the lease",
  outlived: "a worker lived longer than the lease of its job",
  stolen: "a lease was taken while it was valid",
  attempt: "the attempts of a job did not grow from claim to claim or from run to run",
  rerun: "a job was run or given back after its end",
  result: "a job's end was changed, or claims a success that no worker had",
  stuck: "a job was left when all was quiet",
  unseen: "the recorder missed a job: nothing can be said",
} as const;

export type Rule = keyof typeof RULES;

export interface Breach {
  rule: Rule;
  uid: string;
  text: string;
}

export interface Facts {
  /** Uid to name, of what the server said it has created. */
  created: ReadonlyMap<string, string>;
  runs: readonly Run[];
  changes: readonly Change[];
  /** How long an owner may be silent and still write: its validity and what a request may take, ms. */
  silenceMs: number;
  /** Until then no other owner may come, ms. */
  validityMs: number;
  /** Whether compare-and-swap is: where not, claims that lose to each other are no theft. */
  atomic: boolean;
}

export interface Verdict {
  jobs: number;
  runs: number;
  /** Jobs that were run more than once. */
  again: number;
  /** Workers that did not end by themselves. */
  killed: number;
  records: number;
  /** Jobs that are left. */
  left: number;
  breaches: Breach[];
}

export function judge(facts: Facts): Verdict {
  const breaches: Breach[] = [];
  const runsOf = Map.groupBy(facts.runs, ({ uid }) => uid);
  const changesOf = Map.groupBy(ordered(facts.changes), ({ uid }) => uid);
  const uids = new Set([...facts.created.keys(), ...changesOf.keys(), ...runsOf.keys()]);
  let left = 0;
  for (const uid of uids) {
    const say = (rule: Rule, text: string) => void breaches.push({ rule, uid, text });
    const runs = (runsOf.get(uid) ?? []).toSorted((a, b) => a.beginMs - b.beginMs || a.attempt - b.attempt);
    const changes = changesOf.get(uid) ?? [];
    if (changes[0]?.kind !== "job" || changes[0].type !== "ADDED") {
      say("unseen", `created as ${facts.created.get(uid) ?? "nobody knows what"}, ${runs.length} runs`);
      continue;
    }
    const story = tell(changes, facts, say);
    judgeRuns(runs, story, facts, say);
    judgeRecords(changes, runs, say);
    if (!story.gone) {
      left++;
      say("stuck", `last seen ${last(changes)}`);
    }
  }
  return {
    jobs: uids.size,
    runs: facts.runs.length,
    again: [...runsOf.values()].filter(({ length }) => length > 1).length,
    killed: facts.runs.filter(({ code }) => code === undefined).length,
    records: facts.changes.filter(({ kind, type }) => kind === "record" && type === "ADDED").length,
    left,
    breaches,
  };
}

type Say = (rule: Rule, text: string) => void;

/** A job's life, as far as its changes have told it. */
interface Story {
  job: JobChange | undefined;
  /** When its owner last wrote. */
  wroteMs: number;
  /** Owners that it has no more. */
  former: Set<string>;
  /** Attempts that were claimed, by whom, and when that owner last wrote. */
  claimed: Map<number, { owner: string; wroteMs: number }>;
  /** When its end was known to the recorder; Infinity = never. */
  endedMs: number;
  records: number;
  gone: boolean;
}

function tell(changes: readonly Change[], facts: Facts, say: Say): Story {
  const story: Story = { job: undefined, wroteMs: 0, former: new Set(), claimed: new Map(), endedMs: Number.POSITIVE_INFINITY, records: 0, gone: false };
  for (const change of changes) {
    if (change.kind === "record") judgeRecord(story, change, facts, say);
    else if (change.type === "DELETED") judgeDeletion(story, change, facts, say);
    else {
      if (story.job !== undefined && change.touch === story.job.touch) judgeWrite(story, story.job, change, facts, say);
      if (change.finishedMs !== 0 && story.job?.finishedMs === 0) story.endedMs = change.atMs;
      story.job = change;
    }
  }
  return story;
}

function judgeRecord(story: Story, change: RecordChange, facts: Facts, say: Say): void {
  if (change.type === "DELETED") say("record", `${change.name} was deleted`);
  if (change.type !== "ADDED") return;
  story.records++;
  judgeSilence(story, change, "a record", facts, say);
  const finishedMs = story.job?.finishedMs ?? 0;
  if (finishedMs === 0 || change.finishedMs !== finishedMs) say("record", `${change.name} says finished ${change.finishedMs}, the job ${finishedMs}`);
}

function judgeDeletion(story: Story, change: JobChange, facts: Facts, say: Say): void {
  story.gone = true;
  judgeSilence(story, change, "a deletion", facts, say);
  if (story.records === 0) say("lost", `deleted in state "${change.state}" of owner "${change.owner}"`);
}

function judgeWrite(story: Story, before: JobChange, change: JobChange, facts: Facts, say: Say): void {
  const { former } = story;
  const silentMs = change.atMs - story.wroteMs;
  if (change.owner === before.owner) judgeSilence(story, change, "a write", facts, say);
  else {
    if (before.owner !== "") former.add(before.owner);
    const taken = before.owner !== "" && change.owner !== "" && silentMs < facts.validityMs;
    if (taken && facts.atomic) say("stolen", `${before.owner} to ${change.owner} after ${Math.round(silentMs)} ms of silence`);
    // Whoever takes a job to end it, its attempts used up, begins no work.
    const work = before.claim === "" && change.state === "working";
    if (work && change.attempt !== before.attempt + 1) say("attempt", `claimed as ${change.attempt} after ${before.attempt}`);
  }
  if (former.has(change.owner)) say("late write", `${change.owner} again, had lost it`);
  if (before.finishedMs !== 0 && change.finishedMs !== before.finishedMs) {
    say(change.finishedMs === 0 ? "rerun" : "result", `finished ${before.finishedMs} became ${change.finishedMs}`);
  }
  // Who takes a job over to end it runs nothing: that attempt's worker is the former owner's.
  const begins = change.attempt !== before.attempt || (change.owner !== before.owner && silentMs < facts.validityMs);
  const { owner, claim, attempt, atMs } = change;
  if (claim !== "" && (begins || story.claimed.get(attempt)?.owner === owner)) story.claimed.set(attempt, { owner, wroteMs: atMs });
  story.wroteMs = change.atMs;
}

function judgeSilence({ job, wroteMs }: Story, change: Change, what: string, { silenceMs }: Facts, say: Say): void {
  const owner = job?.owner ?? "";
  const silentMs = change.atMs - wroteMs;
  if (owner !== "" && silentMs > silenceMs) say("late write", `${what} of ${owner} after ${Math.round(silentMs)} ms of silence`);
}

function judgeRuns(runs: readonly Run[], story: Story, { silenceMs }: Facts, say: Say): void {
  for (const [index, run] of runs.entries()) {
    const who = `attempt ${run.attempt} (pid ${run.pid})`;
    const wroteMs = story.claimed.get(run.attempt)?.wroteMs;
    if (wroteMs === undefined) say("attempt", `${who} was run, and never claimed`);
    else if (run.lastMs - wroteMs > silenceMs) say("outlived", `${who} lived ${Math.round(run.lastMs - wroteMs)} ms after its owner's last write`);
    if (run.beginMs > story.endedMs) say("rerun", `${who} began ${Math.round(run.beginMs - story.endedMs)} ms after its job's end`);
    if (run.saw.length > 0) say("overlap", `${who} found ${run.saw.join(", ")} alive`);
    for (const earlier of runs.slice(0, index)) {
      if (run.beginMs < earlier.lastMs) say("overlap", `${who} began ${earlier.lastMs - run.beginMs} ms before attempt ${earlier.attempt} (pid ${earlier.pid}) was last heard of`);
      if (run.attempt <= earlier.attempt) say("attempt", `${who} ran after attempt ${earlier.attempt}`);
    }
  }
}

function judgeRecords(changes: readonly Change[], runs: readonly Run[], say: Say): void {
  const records = changes.filter(({ kind, type }) => kind === "record" && type === "ADDED");
  if (records.length > 1) say("record", `${records.length} records: ${records.map(({ name }) => name).join(", ")}`);
  const succeeded = records.some(({ state }) => state === "success");
  if (succeeded && !runs.some(({ code }) => code === 0)) say("result", "recorded as success, but no worker came to a good end");
}

function last(changes: readonly Change[]): string {
  const change = changes.findLast(({ kind }) => kind === "job") as JobChange | undefined;
  return change === undefined ? "never" : `as ${change.name}, state "${change.state}", owner "${change.owner}", attempt ${change.attempt}`;
}
