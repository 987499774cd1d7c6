// What happens during the torture: jobs are asked for, the plan is carried out, and at last all is waited for.

import { oneOf, seeded } from "../../src/base/random.ts";
import type { Change } from "./changes.ts";
import type { Fleet } from "./fleet.ts";
import { DEV_FAULTS, type Disturbance, type Kind } from "./plan.ts";
import type { Recorder } from "./recorder.ts";
import { type Action, ACTIONS, type TortureServer } from "./server.ts";

/** Asks for jobs until the signal; those that were made. */
export async function createJobs(
  server: TortureServer,
  repositories: readonly string[],
  { seed, jobsPerSecond }: { seed: number; jobsPerSecond: number },
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const random = seeded(seed + 1);
  const created = new Map<string, string>();
  const asking = new Set<Promise<void>>();
  while (!signal.aborted) {
    const repository = oneOf(random, repositories as [string, ...string[]]);
    const action = oneOf(random, Object.keys(ACTIONS) as [Action, ...Action[]]);
    const asked: Promise<void> = server.createJob(repository, action).then(
      (job) => void (job !== undefined && created.set(job.uid, job.name)),
      // The server is away, by order.
      () => {},
    ).finally(() => asking.delete(asked));
    asking.add(asked);
    await pause((1_000 / jobsPerSecond) * (0.5 + random()));
  }
  await Promise.all(asking);
  return created;
}

export interface Stage {
  server: TortureServer;
  fleet: Fleet;
  recorder: Recorder;
  lengthMs: number;
  say: (line: string) => void;
}

/** Carries out the plan, and waits until its time is over; how often each kind met somebody. */
export async function carryOut(plan: readonly Disturbance[], stage: Stage): Promise<Map<Kind, number>> {
  const { server, recorder, lengthMs, say } = stage;
  const startMs = performance.now();
  const suffered = new Map<Kind, number>(server.kinds.map((kind) => [kind, 0]));
  const acts: Promise<void>[] = [];
  let told = startMs;
  for (const disturbance of plan) {
    const { atMs, kind } = disturbance;
    await pause(startMs + atMs - performance.now());
    const act = disturb(disturbance, stage).then((met) => void (met && suffered.set(kind, (suffered.get(kind) ?? 0) + 1)));
    // The server's own come one after the other.
    if (kind in DEV_FAULTS || kind === "restart") await act;
    else acts.push(act);
    if (performance.now() - told > 60_000) {
      told = performance.now();
      say(`${server.name}: ${Math.round((told - startMs) / 60_000)} min, ${recorder.changes.length} changes seen, ${recorder.jobs.size} jobs there`);
    }
  }
  await pause(startMs + lengthMs - performance.now());
  await Promise.all(acts);
  return suffered;
}

/** How long a disturbance waits for somebody whom it can meet, ms. */
const PATIENCE_MS = 20_000;

/** Whether it met anybody. */
async function disturb({ kind, controller, forMs }: Disturbance, { server, fleet, recorder }: Stage): Promise<boolean> {
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
      return at(recorder, ({ kind, type }) => kind === "record" && type === "ADDED", () => all(fleet, (index) => fleet.kill(index, forMs)));
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
  const asked = new Map<string, Promise<boolean>>();
  const off = recorder.onChange((change) => {
    if (!gotResult(change) || asked.has(change.uid)) return;
    asked.set(change.uid, server.releaseJob(change.name, change.version).catch(() => false));
  });
  await pause(ms);
  off();
  return (await Promise.all(asked.values())).includes(true);
}

/** After the last disturbance: an expiry for each attempt that may be left, and the work. */
const DRAIN_MS = 120_000;

/** Waits until no job is left, or no longer; how long it took, ms. */
export async function drained({ jobs }: Recorder): Promise<number> {
  const startMs = performance.now();
  while (jobs.size > 0 && performance.now() - startMs < DRAIN_MS) await pause(100);
  return performance.now() - startMs;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
