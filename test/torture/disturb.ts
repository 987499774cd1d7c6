// One disturbance at its time: whom it meets is up to what runs and what happens just then.

import type { Change } from "./changes.ts";
import type { Fleet } from "./fleet.ts";
import type { Disturbance } from "./plan.ts";
import type { Recorder } from "./recorder.ts";
import type { TortureServer } from "./server.ts";

export interface Victims {
  server: TortureServer;
  fleet: Fleet;
  recorder: Recorder;
}

/** How long a disturbance waits for somebody whom it can meet, ms. */
const PATIENCE_MS = 40_000;

/** Resolves once it is over, or has begun where its end comes by itself: whether it met anybody. */
export async function disturb({ kind, controller, forMs }: Disturbance, { server, fleet, recorder }: Victims): Promise<boolean> {
  switch (kind) {
    case "kill":
    case "roll":
    case "cut":
      return soon(() => one(fleet, controller, (index) => fleet[kind](index, forMs)));
    case "pause":
    case "stop":
      return soon(() => one(fleet, controller, (index) => fleet.stop(index, forMs)));
    case "away":
      return soon(() => all(fleet, (index) => fleet.cut(index, forMs)));
    case "kill at a result":
      return at(recorder, gotResult, () => all(fleet, (index) => fleet.kill(index, forMs)));
    case "pause at a result":
      return at(recorder, gotResult, () => all(fleet, (index) => fleet.stop(index, forMs)));
    case "kill at a record":
      return at(recorder, isNewRecord, () => all(fleet, (index) => fleet.kill(index, forMs)));
    case "touch":
      return touchJobs(server, recorder, forMs);
    case "release":
      return releaseJobs(server, recorder, forMs);
    default:
      await server.suffer(kind, forMs);
      return true;
  }
}

/** Acts as soon as somebody is there. */
async function soon(act: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    if (act()) return true;
    await pause(100);
  }
  return false;
}

/** One controller that runs; false: none does. */
function one(fleet: Fleet, from: number, act: (index: number) => void): boolean {
  const index = fleet.running(from);
  if (index !== undefined) act(index);
  return index !== undefined;
}

/** All of them; false: none runs. */
function all(fleet: Fleet, act: (index: number) => void): boolean {
  const met = fleet.running(0) !== undefined;
  fleet.all.forEach(act);
  return met;
}

/** Acts the very moment such a change is seen. */
function at(recorder: Recorder, fits: (change: Change) => boolean, act: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (met: boolean) => {
      off();
      clearTimeout(late);
      resolve(met);
    };
    const late = setTimeout(() => end(false), PATIENCE_MS);
    const off = recorder.onChange((change) => {
      if (fits(change) && act()) end(true);
    });
  });
}

/** The write that gives a job its result, its owner's last but the deletion. */
function gotResult(change: Change): boolean {
  return change.kind === "job" && change.type === "MODIFIED" && change.finishedMs !== 0 && change.claim !== "";
}

function isNewRecord({ kind, type }: Change): boolean {
  return kind === "record" && type === "ADDED";
}

/** Pause between two touches, ms. */
const TOUCH_MS = 25;

/** Moves the versions of jobs that somebody works on, one after the other, for `ms`. */
async function touchJobs(server: TortureServer, recorder: Recorder, ms: number): Promise<boolean> {
  const untilMs = performance.now() + ms;
  let touched = false;
  while (performance.now() < untilMs) {
    for (const { name, claim } of [...recorder.jobs.values()]) {
      if (claim !== "") touched = (await server.touchJob(name).then(() => true, () => false)) || touched;
    }
    await pause(TOUCH_MS);
  }
  return touched;
}

/** Takes the claim, once, off each job that gets its result within `ms`: only its record may be missing then. */
async function releaseJobs(server: TortureServer, recorder: Recorder, ms: number): Promise<boolean> {
  const asked = new Set<string>();
  let met = false;
  const off = recorder.onChange((change) => {
    if (!gotResult(change) || asked.has(change.uid)) return;
    asked.add(change.uid);
    server.releaseJob(change.name, change.version).then((released) => (met ||= released), () => {});
  });
  await pause(ms);
  // Controllers may be away, or quicker, for as long.
  await soon(() => met);
  off();
  return met;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
