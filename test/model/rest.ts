// A replica that can do nothing any more but stop counts as stopped: else it would be carried along, in every state that it
// was stopped in, through all that others do. Whether that is so is asked of the steps, each time or once with views that
// stand for all; with a guard switched off the answer is another one, and the replica goes on.

import type { ClaimState } from "../../src/drive/claim-state.ts";
import type { JobView } from "../../src/drive/job-view.ts";
import type { Lease, LeaseInput } from "../../src/drive/lease-state.ts";
import type { Seen } from "../../src/drive/others-leases.ts";
import type { Steps } from "./steps.ts";
import { IDLE, type Model, type Moving, type Replica, type Stored, type World } from "./world.ts";

export class Rest {
  readonly #model: Model;
  /** Every PUT names the version that it is made from. */
  readonly #versionsKept: boolean;
  /** A claim that no read shows never becomes an owner's, and nothing of others is given back. */
  readonly #losersStop: boolean;
  /** Who finds the job gone after its delete is done. */
  readonly #deletersStop: boolean;

  constructor(model: Model) {
    this.#model = model;
    this.#versionsKept = versionsKept(model.steps);
    this.#deletersStop = deletersStop(model.steps);
    this.#losersStop = this.#versionsKept && losersStop(model);
  }

  /** The same world, without what comes to nothing. */
  of(world: World): World {
    if (world.broken !== undefined) return world;
    let changed = false;
    const replicas = world.replicas.map((replica, who) => {
      const next = this.#replica(world, replica, who);
      changed ||= next !== replica;
      return next;
    });
    const before = this.#versionsKept && !matters(world.before, replicas) ? "none" : world.before;
    const moving = world.moving.length === 0 ? world.moving : this.#moving(world, replicas);
    return changed || before !== world.before || moving !== world.moving ? { ...world, replicas, before, moving } : world;
  }

  /** Without requests that will be refused while nobody waits for the answer: a version that has passed does not come back. */
  #moving(world: World, replicas: readonly Replica[]): readonly Moving[] {
    const waited = world.moving.map((one) => (one.who >= 0 && replicas[one.who]!.phase === "idle" ? { ...one, who: -1 } : one));
    return waited.filter(({ who, checked, body, record, target }) => {
      if (who >= 0 || checked) return true;
      if (record !== undefined) return world.faults > 0 || !world.records.some(({ name, there }) => there && name === record.name);
      const version = target === undefined ? body?.job.metadata?.resourceVersion : target.version;
      return version === undefined || version === world.job?.view.version;
    });
  }

  #replica(world: World, replica: Replica, who: number): Replica {
    if (replica.phase === "idle") return replica.seen !== undefined && this.#outdated(world, replica.seen) ? IDLE : replica;
    const over = replica.phase === "owned"
      ? this.#leaseOver(replica) || (this.#deletersStop && hasDeleted(world, replica))
      : this.#losersStop && hasLost(world, replica, who, this.#tooLate(replica));
    return over ? this.#replica(world, replica.seen === undefined ? IDLE : { ...IDLE, seen: replica.seen }, who) : replica;
  }

  /** What was seen is worth no more than nothing for what there is now. */
  #outdated({ job }: World, seen: Seen): boolean {
    if (job === undefined) return true;
    const { steps } = this.#model;
    const known = steps.seenStep(seen.uid === job.view.uid ? seen : undefined, job.view, 0);
    const fresh = steps.seenStep(undefined, job.view, 0);
    return known?.version === fresh?.version && known?.sinceMs === fresh?.sinceMs && known?.sinceMs !== seen.sinceMs;
  }

  /** The lease will be over before it can begin, even if the claim turns out to be its own. */
  #tooLate({ claim, wire }: Replica): boolean {
    const { steps, rules, settleMs } = this.#model;
    if (claim?.kind !== "reading" && (claim?.kind !== "putting" || wire?.answer === undefined)) return false;
    const shown = { ...VIEW, uid: claim.uid, owner: claim.owner };
    const states = claim.kind === "reading"
      ? [claim]
      : (["written", "unknown"] as const).map((answer) => steps.claimStep(claim, { kind: "put", answer, sentMs: wire!.sentMs, nowMs: 0 }, settleMs));
    return states.every((state) => {
      const end = state.kind === "reading" ? steps.claimStep(state, { kind: "read", view: shown, nowMs: 0 }, settleMs) : state;
      return end.kind !== "owned" || this.#leaseOver({ ...IDLE, lease: steps.leaseOf(end.uid, end.owner, end.sentMs, rules) });
    });
  }

  /** Whatever it is told, the lease is lost, and nothing is begun. */
  #leaseOver({ lease, finish, work, validMs }: Replica): boolean {
    const { steps, rules } = this.#model;
    if (lease === undefined || work === "running" || validMs > 0 || lease.validUntilMs > 0) return false;
    if (steps.holds(lease, 0) || steps.mayWrite(lease, 0)) return false;
    if (finish !== undefined && steps.finishStep(finish, { step: "lost" }).step !== "kept") return false;
    return inputsFor(lease).every((input) => steps.leaseStep(lease, input, 0, rules).lost !== undefined);
  }
}

/** Whether anybody could take an older object for something of its own: it would find nothing in another one but an outdated version. */
function matters(before: World["before"], replicas: readonly Replica[]): boolean {
  if (before === "none") return false;
  return replicas.some(({ claim, lease, read, phase }) => {
    if (phase === "idle") return false;
    if (before === undefined) return phase === "owned" && read !== undefined;
    const { version, owner } = before.view;
    if (claim !== undefined && "baseVersion" in claim && claim.baseVersion === version) return true;
    if (claim !== undefined && "owner" in claim && claim.owner === owner) return true;
    return lease?.owner === owner;
  });
}

function inputsFor(lease: Lease): LeaseInput[] {
  return [
    { kind: "time" },
    { kind: "written", sentMs: 0 },
    { kind: "conflict" },
    { kind: "unanswered", sentMs: 0, renewal: true },
    { kind: "failed" },
    { kind: "read", view: { ...VIEW, uid: lease.uid, owner: lease.owner } },
  ];
}

/** It holds an outdated version, and its owner stands nowhere at the server: its PUT is refused, and no read will show it. */
function hasLost(world: World, { phase, read, claim, wire }: Replica, who: number, tooLate: boolean): boolean {
  const { job, moving, faults, before } = world;
  const own = moving.find((one) => one.who === who);
  if (own !== undefined && (own.checked || own.body?.job.metadata?.resourceVersion === job?.view.version)) return false;
  // What it puts back into the queue has nothing to do with it any more.
  if (phase === "claiming" && claim === undefined) return true;
  if (claim === undefined || !("owner" in claim)) return job?.view.version !== read?.view.version;
  // It may still give the job back, as it could before, while it was in time.
  if (tooLate) return true;
  const shows = (stored: Stored | undefined) => stored?.view.owner === claim.owner;
  if (shows(job) || (faults > 0 && before !== "none" && shows(before))) return false;
  if (moving.some((one) => one !== own && shows(one.body))) return false;
  return phase === "giving back" || wire?.answer !== "written";
}

/** Its job is gone, and it wants nothing but that. */
function hasDeleted({ job, moving }: World, { read, finish, wire }: Replica): boolean {
  if (finish?.step !== "delete" && finish?.step !== "look") return false;
  return job?.view.uid !== read?.view.uid && (wire === undefined || wire.answer !== undefined) && moving.length === 0;
}

function deletersStop({ finishStep, lookOf }: Steps): boolean {
  const found = [lookOf(undefined, VIEW), lookOf({ ...VIEW, uid: "2" }, VIEW)];
  const looks = found.map((answer) => finishStep({ step: "look", tries: 1 }, { step: "look", answer }).step);
  const deletes = (["deleted", "gone"] as const).map((answer) => finishStep({ step: "delete", tries: 1 }, { step: "delete", answer }).step);
  const others = (["conflict", "unknown"] as const).map((answer) => finishStep({ step: "delete", tries: 1 }, { step: "delete", answer }).step);
  return [...looks, ...deletes].every((step) => step === "done") && others.every((step) => step === "look" || step === "done");
}

function losersStop({ steps, settleMs }: Model): boolean {
  const mine = { uid: "1", owner: "mine", baseVersion: "1" };
  const others = [undefined, VIEW, { ...VIEW, claim: "", owner: "" }, { ...VIEW, uid: "2" }, { ...VIEW, claim: "", owner: "", version: "1" }];
  const answers = ["conflict", "gone", "denied", "unsent", "unknown"] as const;
  const afterPut = answers.map((answer) => steps.claimStep({ kind: "putting", ...mine }, { kind: "put", answer, sentMs: 0, nowMs: 0 }, settleMs));
  const readings = ([0, 1, 2].map((reads) => ({ kind: "reading", ...mine, sentMs: 0, untilMs: 0, reads })) satisfies ClaimState[]);
  const afterRead = readings.flatMap((state) => others.map((view) => steps.claimStep(state, { kind: "read", view, nowMs: 0 }, settleMs)));
  const neverOwned = [...afterPut, ...afterRead].every(({ kind }) => kind !== "owned");
  const nothingBack = others.every((view) => view === undefined || steps.rollbackOf(view, "1", "mine") === "leave");
  return neverOwned && nothingBack;
}

function versionsKept(steps: Steps): boolean {
  const job = { metadata: { namespace: "n", name: "j", uid: "1", resourceVersion: "1" }, status: {} };
  const claim = { owner: "mine", nowMs: 1 };
  const edited = [steps.claimed(job, claim), steps.withClaim(job, claim), steps.released(job), steps.requeued(job), steps.reapObject(job, "requeue", claim)];
  return edited.every(({ metadata }) => metadata?.resourceVersion === "1" && metadata.uid === "1");
}

const VIEW: JobView = {
  namespace: "n",
  name: "j",
  uid: "1",
  version: "2",
  claim: "1",
  owner: "another",
  attempt: 1,
  spent: 1,
  finished: false,
  finishedMs: 0,
  state: "",
  deleting: false,
  action: "pull",
  repository: "r",
};
