// What the explorer can see of everything at one moment: one server, a few replicas, requests under way, workers. Plain
// immutable values. Time is relative: "now" is 0 everywhere, and a tick moves every time that is kept into the past.

import type { ClaimState } from "../../src/drive/claim-state.ts";
import type { FinishState } from "../../src/drive/finish-state.ts";
import type { JobView } from "../../src/drive/job-view.ts";
import type { Lease, LeaseRules } from "../../src/drive/lease-state.ts";
import type { Seen } from "../../src/drive/others-leases.ts";
import type { Job } from "../../src/provisioning.ts";
import type { Steps } from "./steps.ts";

/** Everything that is told apart, in ms; smaller times of the steps count as none. */
export const TICK = 1_000;

/** One world to explore: its times are ticks. */
export interface Setting {
  name: string;
  /** What each replica does when it has nothing to do. */
  roles: readonly Role[];
  validity: number;
  renewal: number;
  expiry: number;
  settle: number;
  maxAttempts: number;
  /** Successive jobs of the one name. */
  uids: number;
  /**
   * `atomic`: a PUT is checked and carried out at once. `prompt`, `slow`: it may be checked when it is sent and carried out
   * later, whatever was written meanwhile; `prompt`: within `lands` ticks, and no read shows what was overwritten ticks ago.
   */
  server: "atomic" | "prompt" | "slow";
  /** Ticks that may pass until then; undefined: none. */
  lands?: number;
  /** How often a PUT is carried out later than it is checked. */
  races: number;
  faults: number;
  /** Crashes of a replica; undefined: any number. */
  crashes?: number;
  /** Times that somebody else meddles: deletes the job, or takes its label `claim` away. */
  meddling?: number;
  /** Laws that are looked after; all of them if not given. */
  laws?: readonly Law[];
}

export interface Role {
  name: string;
  drives: boolean;
  reaps: boolean;
}

export const LAWS = {
  overlap: "two workers of one job run at one time",
  intrusion: "a job gets its result while somebody else's worker runs",
  records: "two records of one job at one time",
  rerun: "finished work is run again",
  "second result": "a result is replaced",
  "too often": "work is begun more often than allowed",
  token: "a worker gets a token that is not above all before it",
  "late write": "a write is sent after the validity",
  "goes on": "an owner goes on that a read has shown the job not to be its own",
  steals: "a write lands on a job of another owner",
  unrecorded: "a job is deleted without its record",
  "early record": "a record is written of a job without result",
  "dead end": "from here no end can be reached",
} as const;
export type Law = keyof typeof LAWS;

/** An object as the server has or had it. */
export interface Stored {
  readonly job: Job;
  readonly view: JobView;
  /** Version and owner as numbers; 0: none. */
  readonly version: number;
  readonly owner: number;
}

export interface Record {
  readonly name: string;
  readonly uid: string;
  readonly finishedMs: number;
  /** False: it was there, and pruning has deleted it. */
  readonly there: boolean;
}

export type Write = "claim" | "requeue" | "renewal" | "final" | "give back" | "record" | "delete";
export type Answer = "written" | "conflict" | "gone" | "unknown";

/** A request of a replica that waits for its answer. */
export interface Wire {
  readonly what: Write;
  readonly sentMs: number;
  /** Undefined: it is under way. */
  readonly answer: Answer | undefined;
  /** The object as a PUT was answered with it. */
  readonly got: Stored | undefined;
}

export interface Replica {
  readonly phase: "idle" | "found" | "claiming" | "owned" | "giving back";
  /** Of the job whose lease it watches. */
  readonly seen: Seen | undefined;
  /** The object in hand. */
  readonly read: Stored | undefined;
  readonly how: "claim" | "requeue" | "fail" | "archive";
  readonly claim: ClaimState | undefined;
  readonly lease: Lease | undefined;
  readonly finish: FinishState | undefined;
  readonly work: "none" | "running" | "killed";
  /** How long the guard lets the worker run, ms. */
  readonly leftMs: number;
  /** Of what is given back: whether the attempt counts. */
  readonly counts: boolean;
  readonly wire: Wire | undefined;
  /** Not known to the steps: what is left of the validity of its last write that was answered, ms. */
  readonly validMs: number;
}

export const IDLE: Replica = {
  phase: "idle",
  seen: undefined,
  read: undefined,
  how: "claim",
  claim: undefined,
  lease: undefined,
  finish: undefined,
  work: "none",
  leftMs: 0,
  counts: false,
  wire: undefined,
  validMs: 0,
};

/** A request that is on its way to the server, or in it. */
export interface Moving {
  readonly what: Write;
  /** The replica that waits for the answer; -1: nobody does. */
  readonly who: number;
  /** Of a PUT. */
  readonly body: Stored | undefined;
  /** The owner who writes it. */
  readonly owner: string;
  /** Of a POST. */
  readonly record: Record | undefined;
  /** Of a DELETE. */
  readonly target: { uid: string; version: string } | undefined;
  /** The server has found the version to be the current one, and will carry it out. */
  readonly checked: boolean;
  /** Ticks that may pass until it is carried out. */
  readonly left: number;
}

/** A worker whose controller is gone or has left it: it runs until its guard's deadline at the latest. */
export interface Orphan {
  readonly uid: string;
  readonly leftMs: number;
}

export interface World {
  readonly job: Stored | undefined;
  /** What a read that is older than the last write shows; "none": no such read is possible any more. */
  readonly before: Stored | undefined | "none";
  readonly created: number;
  readonly records: readonly Record[];
  readonly replicas: readonly Replica[];
  readonly moving: readonly Moving[];
  readonly orphans: readonly Orphan[];
  readonly faults: number;
  readonly races: number;
  readonly crashes: number;
  readonly meddling: number;
  /** By uid - 1: whether its result was ever written. */
  readonly ended: readonly boolean[];
  /** By uid - 1: the attempt of the latest worker. */
  readonly begun: readonly number[];
  /** Counters for what must be new each time; they say nothing of the state. */
  readonly nextVersion: number;
  readonly nextOwner: number;
  readonly broken: Law | undefined;
}

/** A step from one world to another. */
export interface Move {
  /** The replica; -1: the surroundings. */
  readonly who: number;
  readonly what: string;
  /** `step`: what happens by itself. Others are bad luck, which need not happen. */
  readonly kind: "step" | "fault" | "crash" | "meddling";
  readonly world: World;
}

/** Steps, setting, and the rules that follow from it in the steps' own units. */
export interface Model {
  readonly steps: Steps;
  readonly setting: Setting;
  readonly rules: LeaseRules;
  readonly expiryMs: number;
  readonly settleMs: number;
}

export function modelOf(steps: Steps, setting: Setting): Model {
  const { validity, renewal, expiry, settle } = setting;
  const settleMs = settle * TICK;
  return { steps, setting, rules: { validityMs: validity * TICK, renewalMs: renewal * TICK, settleMs }, expiryMs: expiry * TICK, settleMs };
}

export function firstWorld({ setting, steps }: Model): World {
  const { roles, faults, races, crashes = 0, meddling = 0, uids } = setting;
  const empty: World = {
    job: undefined,
    before: "none",
    created: 0,
    records: [],
    replicas: roles.map(() => IDLE),
    moving: [],
    orphans: [],
    faults,
    races,
    crashes,
    meddling,
    ended: Array<boolean>(uids).fill(false),
    begun: Array<number>(uids).fill(0),
    nextVersion: 1,
    nextOwner: 1,
    broken: undefined,
  };
  return withNewJob(empty, steps);
}

/** The next job of the name. */
export function withNewJob(world: World, steps: Steps): World {
  const uid = String(world.created + 1);
  const job: Job = {
    metadata: { namespace: "n", name: "j", uid, resourceVersion: String(world.nextVersion) },
    spec: { action: "pull", repository: "r" },
    status: {},
  };
  return withJob({ ...world, created: world.created + 1, nextVersion: world.nextVersion + 1 }, stored(job, steps));
}

export function stored(job: Job, steps: Steps): Stored {
  const view = steps.viewOf(job);
  if (view === undefined) throw new TypeError("expected an object with identity");
  return { job, view, version: Number(view.version), owner: Number(view.owner) };
}

/** The body of a PUT. One without version can be told from no other, and is as good as any. */
export function bodyOf(job: Job, steps: Steps): Stored {
  const { job: body, ...read } = stored({ ...job, metadata: { ...job.metadata, resourceVersion: job.metadata?.resourceVersion ?? "0" } }, steps);
  return { ...read, job: body === job ? body : job };
}

/** The server's object replaced. */
export function withJob(world: World, job: Stored | undefined): World {
  return { ...world, job, before: world.faults > 0 ? world.job : "none" };
}

export function withReplica(world: World, who: number, replica: Replica): World {
  return { ...world, replicas: world.replicas.map((old, index) => (index === who ? replica : old)) };
}

export function broken(world: World, law: Law, { setting }: Model): World {
  if (world.broken !== undefined || (setting.laws !== undefined && !setting.laws.includes(law))) return world;
  return { ...world, broken: law };
}
