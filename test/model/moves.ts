// Everything that can happen next in a world: what each replica does, what the server still has to do, the time, and whoever
// else is there. The order is always the same, so that a number names a move.

import { replicaMoves } from "./replica.ts";
import { land } from "./server.ts";
import { type Model, type Move, type Replica, stored, TICK, withJob, withNewJob, type World } from "./world.ts";

export function movesOf(model: Model, world: World): Move[] {
  const moves: Move[] = [];
  const addFor = (who: number) => (what: string, kind: Move["kind"], next: World) => void moves.push({ who, what, kind, world: next });
  for (let who = 0; who < world.replicas.length; who++) replicaMoves(model, world, who, addFor(who));
  const add = addFor(-1);
  for (const moving of world.moving) add(`what was on its way arrives: ${moving.what}`, "step", land(model, world, moving));
  if (world.job === undefined && world.created < model.setting.uids) add("the next job of this name is created", "step", withNewJob(world, model.steps));
  if (world.faults > 0) {
    for (const record of world.records) {
      if (!record.there) continue;
      const records = world.records.map((other) => (other === record ? { ...other, there: false } : other));
      add("the record is pruned", "fault", { ...world, faults: world.faults - 1, records });
    }
  }
  meddle(model, world, add);
  if (world.moving.every(({ left }) => left > 0)) add("time passes", "step", tick(model, world));
  return moves;
}

/** Somebody who keeps to no rules. */
function meddle({ steps }: Model, world: World, add: (what: string, kind: Move["kind"], next: World) => void): void {
  if (world.meddling === 0 || world.job === undefined) return;
  const next = { ...world, meddling: world.meddling - 1 };
  add("somebody deletes the job", "meddling", withJob(next, undefined));
  const { view, job } = world.job;
  if (view.claim === "") return;
  // As the operator of 2025-08 rolls back: `claim-owner` is unknown to it.
  const { "provisioning.grafana.app/claim": _claim, ...labels } = job.metadata?.labels ?? {};
  const version = String(world.nextVersion);
  const freed = stored({ ...job, metadata: { ...job.metadata, labels, resourceVersion: version } }, steps);
  add("somebody takes the claim away", "meddling", withJob({ ...next, nextVersion: world.nextVersion + 1 }, freed));
}

function tick(model: Model, world: World): World {
  const { expiryMs, rules } = model;
  const orphans = world.orphans.map((orphan) => ({ ...orphan, leftMs: orphan.leftMs - TICK })).filter(({ leftMs }) => leftMs > 0);
  const moving = world.moving.map((one) => ({ ...one, left: one.left - 1 }));
  const before = model.setting.server === "prompt" ? "none" : world.before;
  return { ...world, before, orphans, moving, replicas: world.replicas.map((replica) => later(replica, expiryMs, rules.validityMs)) };
}

/** Times that have passed count as just passed: no step tells how long ago. */
function later(replica: Replica, expiryMs: number, validityMs: number): Replica {
  const { seen, claim, lease, wire, work, leftMs, validMs } = replica;
  if (seen === undefined && replica.phase === "idle") return replica;
  const left = Math.max(0, leftMs - TICK);
  return {
    ...replica,
    seen: seen && { ...seen, sinceMs: Math.max(-expiryMs, seen.sinceMs - TICK) },
    claim: claim?.kind === "reading"
      ? { ...claim, untilMs: Math.max(0, claim.untilMs - TICK), sentMs: Math.max(-validityMs, claim.sentMs - TICK) }
      : claim,
    lease: lease && { ...lease, validUntilMs: Math.max(0, lease.validUntilMs - TICK), renewAtMs: Math.max(0, lease.renewAtMs - TICK), quietUntilMs: Math.max(0, lease.quietUntilMs - TICK) },
    wire: wire && { ...wire, sentMs: Math.max(-validityMs, wire.sentMs - TICK) },
    work: work === "running" && left === 0 ? "killed" : work,
    leftMs: left,
    validMs: Math.max(0, validMs - TICK),
  };
}
