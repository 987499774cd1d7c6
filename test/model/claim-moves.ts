// From looking around to a job of one's own: as driver.ts, reaper.ts and claim.ts call the steps.

import type { ClaimState } from "../../src/drive/claim-state.ts";
import { giveBack } from "./give-back-moves.ts";
import { answers, failing, leave, newOwner, reads, type Scene, sends, shows, to } from "./scene.ts";
import { running } from "./server.ts";
import { broken, type Replica, type Stored, withReplica, type World } from "./world.ts";

export function find({ model, who, replica }: Scene, job: Stored | undefined, at: World): World | undefined {
  if (job === undefined || !model.steps.claimable(job.view, () => true)) return undefined;
  return withReplica(at, who, { ...replica, phase: "found", how: "claim", read: job });
}

export function watch({ model, who, replica }: Scene, job: Stored | undefined, at: World): World | undefined {
  const { steps, setting, expiryMs } = model;
  const { seen: known } = replica;
  const seen = job === undefined ? undefined : steps.seenStep(known?.uid === job.view.uid ? known : undefined, job.view, 0);
  if (job !== undefined && steps.leaseExpired(seen, job.view, 0, expiryMs)) {
    const how = steps.reapOf(job.view, { onExpired: "requeue", maxAttempts: setting.maxAttempts });
    return withReplica(at, who, { ...replica, phase: "found", how, read: job, seen: undefined });
  }
  return seen === known ? undefined : withReplica(at, who, { ...replica, seen });
}

export function sendFound(scene: Scene): void {
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

export function claiming(scene: Scene): void {
  const { model, replica, add } = scene;
  const { steps, settleMs } = model;
  const { claim, wire } = replica;
  if (claim === undefined) return answers(scene, (_answer, _got, after) => leave(after));
  if (wire !== undefined) {
    answers(scene, (answer, got, after) => {
      const state = steps.claimStep(claim, { kind: "put", answer, sentMs: wire.sentMs, nowMs: 0 }, settleMs);
      return claimedTo(after, state, got ?? replica.read, wire.sentMs);
    });
    return;
  }
  if (claim.kind !== "reading") return;
  add("is shut down", "meddling", giveBack(scene, claim.uid, claim.owner, !counted(scene)));
  if (claim.untilMs > 0) return;
  reads(scene, "reads back", (job, world) => {
    const state = steps.claimStep(claim, { kind: "read", view: job?.view, nowMs: 0 }, settleMs);
    const next = claimedTo({ ...scene, world }, state, job, claim.sentMs);
    return state.kind === "owned" && !shows(job, claim) ? broken(next, "goes on", model) : next;
  });
  failing(scene, "reads back", (world) => claimedTo({ ...scene, world }, steps.claimStep(claim, { kind: "read-failed", nowMs: 0 }, settleMs), undefined, claim.sentMs));
}

/** Whether the claim was one more attempt: a job that is only ended is claimed without. */
function counted({ model, replica }: Scene): boolean {
  return replica.how === "claim" && model.steps.courseOf(replica.read!.view, model.setting.maxAttempts) === "run";
}

function claimedTo(scene: Scene, state: ClaimState, latest: Stored | undefined, sentMs: number): World {
  switch (state.kind) {
    case "owned":
      return owned(scene, latest!, state.owner, state.sentMs, sentMs);
    case "unclear":
      return giveBack(scene, state.uid, state.owner, !counted(scene));
    case "lost":
      return leave(scene);
    default:
      return to(scene, { claim: state });
  }
}

/** `sentMs` is what the steps say, `trulyMs` when the claim was sent. */
function owned(scene: Scene, read: Stored, owner: string, sentMs: number, trulyMs: number): World {
  const { model, world, who, replica } = scene;
  const { steps, rules, setting } = model;
  const { uid } = read.view;
  const lease = steps.leaseOf(uid, owner, sentMs, rules);
  const validMs = Math.max(0, trulyMs + rules.validityMs);
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
