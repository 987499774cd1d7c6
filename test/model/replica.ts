// What one replica can do next: the order in which driver.ts, claim.ts, owned-job.ts, finish.ts and reaper.ts call the pure
// steps, without promises. Each request is two moves, sent and answered, so that time may pass and anybody may crash in
// between; a read is one, as what happens after it may be late anyhow. Writes of one replica follow each other.

import type { ClaimState } from "../../src/drive/claim-state.ts";
import type { LeaseInput } from "../../src/drive/lease-state.ts";
import { LABEL_ORIGINAL_UID } from "../../src/provisioning.ts";
import { type Fate, type Request, running, send } from "./server.ts";
import { broken, IDLE, type Model, type Move, type Replica, type Stored, withReplica, type World } from "./world.ts";

/** Writes under way at one time: else one who crashes and comes back could send claims without end before the first is carried out. */
const MOVING_MAX = 2;
type Kind = Move["kind"];
export type Add = (what: string, kind: Kind, world: World) => void;

/** What each of its moves needs. */
interface Scene {
  model: Model;
  world: World;
  who: number;
  replica: Replica;
  add: Add;
}

export function replicaMoves(model: Model, world: World, who: number, add: Add): void {
  const replica = world.replicas[who]!;
  const scene: Scene = { model, world, who, replica, add };
  const { drives, reaps } = model.setting.roles[who]!;
  switch (replica.phase) {
    case "idle":
      if (drives) reads(scene, "looks for work", (job, at) => find(scene, job, at));
      if (reaps) reads(scene, "looks at leases", (job, at) => watch(scene, job, at));
      break;
    case "found":
      sendFound(scene);
      break;
    case "claiming":
      claiming(scene);
      break;
    case "owned":
      owning(scene);
      break;
    case "giving back":
      givingBack(scene);
      break;
  }
  if (replica.phase !== "idle" || replica.seen !== undefined) crash(scene);
}

/** Another state of the replica, nothing else changed. */
function to({ world, who, replica }: Scene, changes: Partial<Replica>): World {
  return withReplica(world, who, { ...replica, ...changes });
}

/** A read of the job as it is, and as it was before the last write. */
function reads({ world, add }: Scene, what: string, then: (job: Stored | undefined, world: World) => World | undefined): void {
  const now = then(world.job, world);
  if (now !== undefined) add(what, "step", now);
  if (world.faults === 0 || world.before === "none" || world.before === world.job) return;
  const faulty = { ...world, faults: world.faults - 1 };
  const late = then(world.before, faulty);
  if (late !== undefined) add(`${what}, by a read that is older than the last write`, "fault", late);
}

/** A read that fails. */
function failing({ world, add }: Scene, what: string, then: (world: World) => World): void {
  if (world.faults > 0) add(`${what}: no answer`, "fault", then({ ...world, faults: world.faults - 1 }));
}

/** A write goes out. */
function sends({ model, world, who, add }: Scene, what: string, request: Request, before: World = world): void {
  add(what, "step", send(model, before, who, request, "now"));
  if (request.job !== undefined && world.races > 0 && world.moving.length < MOVING_MAX) {
    add(`${what}, which the server checks and then is slow to carry out`, "fault", send(model, { ...before, races: before.races - 1 }, who, request, "lingering"));
  }
  if (world.faults === 0) return;
  const faulty = { ...before, faults: before.faults - 1 };
  const fate = (how: Fate) => send(model, faulty, who, request, how);
  add(`${what}, which is refused with 409 for no reason`, "fault", fate("refused"));
  const atomic = model.setting.server === "atomic";
  if (atomic || request.job === undefined) add(`${what}, which is slow to arrive`, "fault", fate("late"));
}

/** The answer comes, or another one in its place; `then` gives the world after it. */
function answers(scene: Scene, then: (answer: "written" | "conflict" | "gone" | "unknown", got: Stored | undefined, scene: Scene) => World): void {
  const { replica, world, add } = scene;
  const { wire } = replica;
  if (wire === undefined) return;
  const after = (answer: "written" | "conflict" | "gone" | "unknown", faults: number) => {
    const next = { ...world, faults, moving: world.moving.map((moving) => (moving.who === scene.who ? { ...moving, who: -1 } : moving)) };
    return then(answer, wire.got, { ...scene, world: next, replica: { ...replica, wire: undefined } });
  };
  if (wire.answer !== undefined) add(`is told: ${wire.answer}`, "step", after(wire.answer, world.faults));
  const late = world.moving.some(({ who, checked }) => who === scene.who && !checked);
  if (wire.answer === undefined && late) add("waits no longer for the answer", "step", after("unknown", world.faults));
  if (world.faults === 0) return;
  if (wire.answer !== undefined || !late) add("never gets the answer", "fault", after("unknown", world.faults - 1));
  if (wire.answer === "written") {
    const echo = wire.what === "delete" ? "gone" : "conflict";
    add(`is told of the echo of its own write: ${echo}`, "fault", after(echo, world.faults - 1));
  }
}

function crash({ model, world, who, replica, add }: Scene): void {
  const { crashes } = model.setting;
  if (crashes !== undefined && world.crashes === 0) return;
  const next = gone(world, who, replica, IDLE);
  add("crashes", "crash", crashes === undefined ? next : { ...next, crashes: world.crashes - 1 });
}

/** The replica leaves what it did: its worker may run on for a while, its request may still arrive. */
function gone(world: World, who: number, replica: Replica, after: Replica): World {
  const moving = world.moving.map((one) => (one.who === who ? { ...one, who: -1 } : one));
  const orphan = replica.work === "running" && replica.leftMs > 0 ? [{ uid: replica.read?.view.uid ?? "", leftMs: replica.leftMs }] : [];
  return withReplica({ ...world, moving, orphans: [...world.orphans, ...orphan] }, who, after);
}

function leave({ world, who, replica }: Scene): World {
  return gone(world, who, replica, { ...IDLE, seen: replica.seen });
}

function newOwner(world: World): [string, World] {
  return [String(world.nextOwner), { ...world, nextOwner: world.nextOwner + 1 }];
}

// Looking

function find({ model, who, replica }: Scene, job: Stored | undefined, at: World): World | undefined {
  if (job === undefined || !model.steps.claimable(job.view, () => true)) return undefined;
  return withReplica(at, who, { ...replica, phase: "found", how: "claim", read: job });
}

function watch({ model, who, replica }: Scene, job: Stored | undefined, at: World): World | undefined {
  const { steps, setting, expiryMs } = model;
  const { seen: known } = replica;
  const seen = job === undefined ? undefined : steps.seenStep(known?.uid === job.view.uid ? known : undefined, job.view, 0);
  if (job !== undefined && steps.leaseExpired(seen, job.view, 0, expiryMs)) {
    const how = steps.reapOf(job.view, { onExpired: "requeue", maxAttempts: setting.maxAttempts });
    return withReplica(at, who, { ...replica, phase: "found", how, read: job, seen: undefined });
  }
  return seen === known ? undefined : withReplica(at, who, { ...replica, seen });
}

// Claiming, taking over, putting back

function sendFound(scene: Scene): void {
  const { model, world, who, replica } = scene;
  const { steps, setting } = model;
  const { job, view } = replica.read!;
  const [owner, next] = newOwner(world);
  const claim = { owner, nowMs: 1 };
  if (replica.how === "requeue") {
    sends(scene, "puts it back into the queue", { what: "requeue", owner, job: steps.reapObject(job, "requeue", claim) }, withReplica(next, who, { ...replica, phase: "claiming" }));
    return;
  }
  const state: ClaimState = { kind: "putting", uid: view.uid, owner, baseVersion: view.version };
  const claiming = withReplica(next, who, { ...replica, phase: "claiming", claim: state });
  if (replica.how !== "claim") {
    sends(scene, `takes it over to ${replica.how === "fail" ? "fail it" : "archive it"}`, { what: "claim", owner, job: steps.reapObject(job, replica.how, claim) }, claiming);
    return;
  }
  const works = steps.courseOf(view, setting.maxAttempts) === "run";
  sends(scene, "sends its claim", { what: "claim", owner, job: works ? steps.claimed(job, claim) : steps.withClaim(job, claim) }, claiming);
}

function claiming(scene: Scene): void {
  const { model, replica, add } = scene;
  const { steps, settleMs } = model;
  const { claim, wire } = replica;
  if (claim === undefined) return answers(scene, (_answer, _got, after) => leave(after));
  if (wire !== undefined) {
    answers(scene, (answer, got, after) => {
      const state = steps.claimStep(claim, { kind: "put", answer, sentMs: wire.sentMs, nowMs: 0 }, settleMs);
      return claimedTo(after, state, got ?? replica.read);
    });
    return;
  }
  if (claim.kind !== "reading") return;
  add("is shut down", "meddling", giveBack(scene, claim.uid, claim.owner, !counted(scene)));
  if (claim.untilMs > 0) return;
  reads(scene, "reads back", (job, world) => {
    const state = steps.claimStep(claim, { kind: "read", view: job?.view, nowMs: 0 }, settleMs);
    return claimedTo({ ...scene, world }, state, job);
  });
  failing(scene, "reads back", (world) => claimedTo({ ...scene, world }, steps.claimStep(claim, { kind: "read-failed", nowMs: 0 }, settleMs), undefined));
}

/** Whether the claim was one more attempt: a job that is only ended is claimed without. */
function counted({ model, replica }: Scene): boolean {
  return replica.how === "claim" && model.steps.courseOf(replica.read!.view, model.setting.maxAttempts) === "run";
}

function claimedTo(scene: Scene, state: ClaimState, latest: Stored | undefined): World {
  switch (state.kind) {
    case "owned":
      return owned(scene, latest!, state.owner, state.sentMs);
    case "unclear":
      return giveBack(scene, state.uid, state.owner, !counted(scene));
    case "lost":
      return leave(scene);
    default:
      return to(scene, { claim: state });
  }
}

function owned(scene: Scene, read: Stored, owner: string, sentMs: number): World {
  const { model, world, who, replica } = scene;
  const { steps, rules, setting } = model;
  const { uid } = read.view;
  const lease = steps.leaseOf(uid, owner, sentMs, rules);
  const validMs = Math.max(0, sentMs + rules.validityMs);
  const next: Replica = { ...replica, phase: "owned", claim: undefined, read, lease, validMs };
  const course = replica.how === "claim" ? steps.courseOf(replica.read!.view, setting.maxAttempts) : replica.how;
  if (course !== "run") {
    const written = course === "archive";
    return withReplica(world, who, { ...next, finish: steps.finishStart({ written, recordWanted: !written || wanted(world, uid) }) });
  }
  // The guard starts nothing whose deadline has passed.
  if (lease.validUntilMs <= 0) return withReplica(world, who, { ...next, work: "killed" });
  const index = Number(uid) - 1;
  const { attempt, spent } = read.view;
  let begun: World = { ...world, begun: world.begun.map((before, at) => (at === index ? attempt : before)) };
  if (running(world, uid) > 0) begun = broken(begun, "overlap", model);
  if (world.ended[index]) begun = broken(begun, "rerun", model);
  if (spent > setting.maxAttempts) begun = broken(begun, "too often", model);
  if (attempt <= world.begun[index]!) begun = broken(begun, "token", model);
  return withReplica(begun, who, { ...next, work: "running", leftMs: lease.validUntilMs });
}

/** A record that pruning has deleted is older than what pruning would delete: it is not written again. */
function wanted({ records }: World, uid: string): boolean {
  return !records.some((record) => record.uid === uid && !record.there);
}

// Working and ending

function owning(scene: Scene): void {
  const { model, replica, add } = scene;
  const { steps } = model;
  const lease = replica.lease!;
  if (lease.validUntilMs <= 0) {
    const late = fed(scene, { kind: "time" });
    if (late.lease!.lost !== undefined) add("finds its lease expired", "step", leave(scene));
  }
  if (replica.wire !== undefined) return told(scene);
  if (replica.work === "running") {
    const result = { work: "none", leftMs: 0, finish: steps.finishStart({ written: false, recordWanted: true }) } as const;
    add("its worker is done", "step", to(scene, result));
    add("its worker fails without a result", "crash", giveBack(scene, lease.uid, lease.owner, true));
    add("is shut down and ends its worker", "meddling", giveBack(scene, lease.uid, lease.owner, false));
  }
  if (replica.work === "killed" && steps.holds(lease, 0)) {
    add("finds its worker killed", "step", giveBack(scene, lease.uid, lease.owner, true));
  }
  const step = replica.finish?.step;
  // Renewals go on until the delete.
  if (step === "status") writes(scene, "final");
  else if (lease.renewAtMs <= 0 && step !== "delete" && step !== "look") writes(scene, "renewal");
  if (step !== undefined && step !== "status") finishing(scene);
}

/** The lease after an input, and the worker's deadline with it. */
function fed({ model, replica }: Scene, input: LeaseInput): Replica {
  const lease = model.steps.leaseStep(replica.lease!, input, 0, model.rules);
  return { ...replica, lease, leftMs: replica.work === "running" ? Math.max(0, lease.validUntilMs) : 0 };
}

/** After an input to the lease: on with it, or away. */
function feed(scene: Scene, input: LeaseInput, changes: Partial<Replica> = {}): World {
  const next = { ...fed(scene, input), ...changes };
  if (next.lease!.lost !== undefined) return leave(scene);
  return withReplica(scene.world, scene.who, next);
}

/** A renewal, or the final status; a read ahead of it if the version is outdated. */
function writes(scene: Scene, what: "renewal" | "final"): void {
  const { model, replica } = scene;
  const { steps } = model;
  const lease = replica.lease!;
  if (!steps.mayWrite(lease, 0)) return;
  const { owner } = lease;
  if (lease.stale) {
    reads(scene, "reads its job again", (job, world) => {
      if (job !== undefined && steps.isOldRead(job.view, replica.read!.view)) return world;
      const next = feed({ ...scene, world }, { kind: "read", view: job?.view }, job === undefined ? {} : { read: job });
      const ours = job !== undefined && job.view.uid === lease.uid && job.view.claim !== "" && job.view.owner === owner;
      return ours || next.replicas[scene.who]!.phase === "idle" ? next : broken(next, "goes on", model);
    });
    if (what === "renewal") failing(scene, "reads its job again", (world) => feed({ ...scene, world }, { kind: "failed" }));
    return;
  }
  const edited = what === "renewal" ? replica.read!.job : steps.withStatus(replica.read!.job, { state: "success", finished: Number(owner) });
  const job = steps.withClaim(edited, { owner, nowMs: 1 });
  sends(scene, what === "renewal" ? "renews its lease" : "writes the result", { what, owner, job });
}

function told(scene: Scene): void {
  const { steps, rules } = scene.model;
  const { what, sentMs } = scene.replica.wire!;
  answers(scene, (answer, got, after) => {
    const finish = after.replica.finish;
    if (what === "record" || what === "delete") {
      const next = what === "record"
        ? steps.finishStep(finish!, { step: "record", answer: answer === "written" ? "created" : answer === "conflict" ? "exists" : "unknown" })
        : steps.finishStep(finish!, { step: "delete", answer: answer === "written" ? "deleted" : answer });
      return finishTo(after, next);
    }
    switch (answer) {
      case "written": {
        const validMs = Math.max(after.replica.validMs, sentMs + rules.validityMs);
        const status = what === "final" ? { finish: steps.finishStep(finish!, { step: "status", answer: "written" }) } : {};
        return feed(after, { kind: "written", sentMs }, { read: got, validMs, ...status });
      }
      case "conflict":
        return feed(after, { kind: "conflict" });
      case "gone": {
        const next = feed(after, { kind: "read", view: undefined });
        return next.replicas[after.who]!.phase === "idle" ? next : broken(next, "goes on", scene.model);
      }
      case "unknown":
        return feed(after, { kind: "unanswered", sentMs, renewal: what === "renewal" });
    }
  });
}

function finishTo(scene: Scene, finish: Replica["finish"]): World {
  return finish!.step === "done" || finish!.step === "kept" ? leave(scene) : to(scene, { finish });
}

/** One request of the finish, if the lease holds. */
function finishing(scene: Scene): void {
  const { model, world, replica, add } = scene;
  const { steps } = model;
  const finish = replica.finish!;
  const { owner } = replica.lease!;
  const { job, view } = replica.read!;
  if (!steps.holds(replica.lease!, 0)) return add("stops to finish, its lease is over", "step", finishTo(scene, steps.finishStep(finish, { step: "lost" })));
  switch (finish.step) {
    case "record": {
      const record = steps.recordOf(job, view);
      sends(scene, "writes the record", {
        what: "record",
        owner,
        record: { name: record.metadata?.name ?? "", uid: view.uid, finishedMs: Number(record.status?.finished), there: true },
      });
      return;
    }
    case "check": {
      const name = steps.recordName(view);
      const found = world.records.find((record) => record.there && record.name === name);
      const record = found && { metadata: { labels: { [LABEL_ORIGINAL_UID]: found.uid } }, status: { finished: found.finishedMs } };
      const answer = steps.recordAnswer(record, view);
      add(`looks for the record: ${answer}`, "step", finishTo(scene, steps.finishStep(finish, { step: "check", answer })));
      if (found !== undefined && world.faults > 0) {
        const late = { ...scene, world: { ...world, faults: world.faults - 1 } };
        add("looks for the record, by a read that is older than it", "fault", finishTo(late, steps.finishStep(finish, { step: "check", answer: steps.recordAnswer(undefined, view) })));
      }
      failing(scene, "looks for the record", (at) => finishTo({ ...scene, world: at }, steps.finishStep(finish, { step: "check", answer: "unknown" })));
      return;
    }
    case "delete":
      if (steps.mayWrite(replica.lease!, 0)) sends(scene, "deletes the job", { what: "delete", owner, target: steps.deleteTarget(view) });
      return;
    case "look":
      reads(scene, "looks what is there", (found, at) => {
        const answer = steps.lookOf(found?.view, view);
        const next = { ...scene, world: at, replica: answer === "ours" ? { ...replica, read: found } : replica };
        return finishTo(next, steps.finishStep(finish, { step: "look", answer }));
      });
      failing(scene, "looks what is there", (at) => finishTo({ ...scene, world: at }, steps.finishStep(finish, { step: "look", answer: "unknown" })));
  }
}

// Giving back

/** Nothing of the work runs any more. `counts`: whether the attempt does. */
function giveBack({ world, who, replica }: Scene, uid: string, owner: string, counts: boolean): World {
  const claim: ClaimState = { kind: "unclear", uid, owner };
  const next: Replica = { ...IDLE, seen: replica.seen, phase: "giving back", claim, counts, lease: (replica.lease?.quietUntilMs ?? 0) > 0 ? replica.lease : undefined };
  return withReplica({ ...world, moving: world.moving.map((one) => (one.who === who ? { ...one, who: -1 } : one)) }, who, next);
}

function givingBack(scene: Scene): void {
  const { model, replica } = scene;
  const { steps } = model;
  const claim = replica.claim!;
  if (claim.kind !== "unclear") return;
  const { uid, owner } = claim;
  // What was sent before has to land first, if it is not too late for that.
  const { quietUntilMs, validUntilMs } = replica.lease ?? { quietUntilMs: 0, validUntilMs: 0 };
  if (quietUntilMs > 0 && validUntilMs > 0) return;
  if (replica.wire !== undefined) {
    answers(scene, (answer, _got, after) => {
      if (answer === "gone" || answer === "written") return leave(after);
      return to(after, { read: undefined });
    });
    return;
  }
  if (replica.read === undefined) {
    reads(scene, "reads it to give it back", (job, world) => {
      const at = { ...scene, world };
      return job === undefined || steps.rollbackOf(job.view, uid, owner) === "leave" ? leave(at) : to(at, { read: job });
    });
    return;
  }
  const object = replica.counts ? steps.requeued(replica.read.job) : steps.released(replica.read.job);
  sends(scene, "gives it back", { what: "give back", owner, job: object });
}
