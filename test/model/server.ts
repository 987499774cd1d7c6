// The server: requests in, the world after them and answers out. Reads are not here: they show `world.job`. What a write
// may not do on any server is looked after here, since only here everything is known.
//
// A PUT that was checked at once and is carried out later writes nothing if the job has gone or been replaced meanwhile.

import type { Job } from "../../src/provisioning.ts";
import { type Answer, bodyOf, broken, type Model, type Moving, type Record, stored, type Stored, withJob, withReplica, type World, type Write } from "./world.ts";

export interface Request {
  what: Write;
  owner: string;
  job?: Job;
  record?: Record;
  target?: { uid: string; version: string };
}

/**
 * `late`: it arrives whenever the explorer wants. `lingering`: the server checks it now, and carries it out whenever the explorer
 * wants. `refused`: it is answered with 409 for no reason.
 */
export type Fate = "now" | "late" | "lingering" | "refused";

/** A replica sends a write and waits. */
export function send(model: Model, world: World, who: number, { what, owner, job, record, target }: Request, fate: Fate): World {
  const replica = world.replicas[who]!;
  const underLease = replica.phase === "owned";
  const legal = underLease && replica.validMs <= 0 ? broken(world, "late write", model) : world;
  const waiting = withReplica(legal, who, { ...replica, wire: { what, sentMs: 0, answer: undefined, got: undefined } });
  if (fate === "refused") return answered(waiting, who, "conflict", undefined);
  const body = job === undefined ? undefined : bodyOf(job, model.steps);
  const moving: Moving = { what, who, owner, body, record, target, checked: false, left: Number.POSITIVE_INFINITY };
  if (fate === "late") return { ...waiting, moving: [...waiting.moving, moving] };
  const verdict = fate === "lingering" && job !== undefined ? check(waiting, job) : "written";
  if (verdict !== "written") return answered(waiting, who, verdict, undefined);
  const { server, lands = 0 } = model.setting;
  const left = server === "prompt" ? lands : Number.POSITIVE_INFINITY;
  return fate === "lingering" ? { ...waiting, moving: [...waiting.moving, { ...moving, checked: true, left }] } : carryOut(model, waiting, moving);
}

/** A request that was under way is carried out. */
export function land(model: Model, world: World, moving: Moving): World {
  return carryOut(model, { ...world, moving: world.moving.filter((other) => other !== moving) }, moving);
}

function carryOut(model: Model, world: World, moving: Moving): World {
  if (moving.body !== undefined) return put(model, world, moving, moving.body.job);
  if (moving.record !== undefined) return post(model, world, moving, moving.record);
  return remove(model, world, moving);
}

function check(world: World, { metadata }: Job): Answer {
  if (world.job === undefined) return "gone";
  const { uid, version } = world.job.view;
  if (metadata?.resourceVersion === undefined) return "written";
  return metadata.uid === uid && metadata.resourceVersion === version ? "written" : "conflict";
}

function put(model: Model, world: World, { what, who, owner, checked }: Moving, job: Job): World {
  const verdict = checked ? (world.job === undefined ? "gone" : job.metadata?.uid === world.job.view.uid ? "written" : "conflict") : check(world, job);
  if (verdict !== "written" || world.job === undefined) return answered(world, who, verdict, undefined);
  const was = world.job.view;
  const got = stored({ ...job, metadata: { ...job.metadata, uid: was.uid, resourceVersion: String(world.nextVersion) } }, model.steps);
  const now = got.view;
  let next = withJob({ ...world, nextVersion: world.nextVersion + 1 }, got);
  if (now.finished) next = { ...next, ended: next.ended.map((ended, index) => ended || index === Number(now.uid) - 1) };
  if (was.finished && now.finishedMs !== was.finishedMs) next = broken(next, "second result", model);
  if (now.finished && !was.finished && running(next, now.uid) > 0) next = broken(next, "intrusion", model);
  const asOwner = what === "renewal" || what === "final" || what === "give back";
  if (asOwner && !checked && was.claim !== "" && was.owner !== owner) next = broken(next, "steals", model);
  return answered(next, who, "written", got);
}

function post(model: Model, world: World, { who }: Moving, record: Record): World {
  if (world.records.some(({ name, there }) => there && name === record.name)) return answered(world, who, "conflict", undefined);
  let next: World = { ...world, records: [...world.records.filter(({ name }) => name !== record.name), record] };
  if (next.records.filter(({ uid, there }) => there && uid === record.uid).length > 1) next = broken(next, "records", model);
  if (!world.ended[Number(record.uid) - 1]) next = broken(next, "early record", model);
  return answered(next, who, "written", undefined);
}

function remove(model: Model, world: World, { who, target }: Moving): World {
  if (world.job === undefined) return answered(world, who, "gone", undefined);
  const { uid, version, finishedMs } = world.job.view;
  if (target?.uid !== undefined && target.uid !== uid) return answered(world, who, "conflict", undefined);
  if (target?.version !== undefined && target.version !== version) return answered(world, who, "conflict", undefined);
  const recorded = world.records.some((record) => record.uid === uid && record.finishedMs === finishedMs);
  const next = withJob(world, undefined);
  return answered(recorded ? next : broken(next, "unrecorded", model), who, "written", undefined);
}

function answered(world: World, who: number, answer: Answer, got: Stored | undefined): World {
  const replica = world.replicas[who];
  if (replica?.wire === undefined) return world;
  return withReplica(world, who, { ...replica, wire: { ...replica.wire, answer, got } });
}

/** Workers of this job that run. */
export function running({ replicas, orphans }: World, uid: string): number {
  let count = 0;
  for (const { work, read } of replicas) if (work === "running" && read?.view.uid === uid) count++;
  for (const orphan of orphans) if (orphan.uid === uid) count++;
  return count;
}
