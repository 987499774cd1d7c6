// One replica about to do something, and the ways in which it talks with the server. Each request is two moves, sent and
// answered, so that time may pass and anybody may crash in between; a read is one, as what happens after it may be late anyhow.

import { type Fate, type Request, send } from "./server.ts";
import { type Answer, IDLE, type Model, type Move, type Replica, type Stored, withReplica, type World } from "./world.ts";

/** Writes under way at one time: else one who crashes and comes back could send claims without end before the first is carried out. */
const MOVING_MAX = 2;
type Kind = Move["kind"];
export type Add = (what: string, kind: Kind, world: World) => void;

/** What each of its moves needs. */
export interface Scene {
  model: Model;
  world: World;
  who: number;
  replica: Replica;
  add: Add;
}


/** Another state of the replica, nothing else changed. */
export function to({ world, who, replica }: Scene, changes: Partial<Replica>): World {
  return withReplica(world, who, { ...replica, ...changes });
}

/** A read of the job as it is, and as it was before the last write. */
export function reads({ world, add }: Scene, what: string, then: (job: Stored | undefined, world: World) => World | undefined): void {
  const now = then(world.job, world);
  if (now !== undefined) add(what, "step", now);
  if (world.faults === 0 || world.before === "none" || world.before === world.job) return;
  const faulty = { ...world, faults: world.faults - 1 };
  const late = then(world.before, faulty);
  if (late !== undefined) add(`${what}, by a read that is older than the last write`, "fault", late);
}

/** A read that fails. */
export function failing({ world, add }: Scene, what: string, then: (world: World) => World): void {
  if (world.faults > 0) add(`${what}: no answer`, "fault", then({ ...world, faults: world.faults - 1 }));
}

/** A write goes out. */
export function sends({ model, world, who, add }: Scene, what: string, request: Request, before: World = world): void {
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
export function answers(scene: Scene, then: (answer: Answer, got: Stored | undefined, scene: Scene) => World): void {
  const { replica, world, add } = scene;
  const { wire } = replica;
  if (wire === undefined) return;
  const after = (answer: Answer, faults: number) => {
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

export function crash({ model, world, who, replica, add }: Scene): void {
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

export function leave({ world, who, replica }: Scene): World {
  return gone(world, who, replica, { ...IDLE, seen: replica.seen });
}

export function newOwner(world: World): [string, World] {
  return [String(world.nextOwner), { ...world, nextOwner: world.nextOwner + 1 }];
}

export function shows(job: Stored | undefined, { uid, owner }: { uid: string; owner: string }): boolean {
  return job !== undefined && job.view.uid === uid && job.view.claim !== "" && job.view.owner === owner;
}
