// What happens during the torture: jobs are asked for, the plan is carried out, and at last all is waited for.

import { oneOf, seeded } from "../../src/base/random.ts";
import type { Fleet } from "./fleet.ts";
import type { Disturbance, Kind } from "./plan.ts";
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

/** Carries out the plan, and waits until its time is over. */
export async function carryOut(plan: readonly Disturbance[], { server, fleet, recorder, lengthMs, say }: Stage): Promise<Map<Kind, number>> {
  const startMs = performance.now();
  const suffered = new Map<Kind, number>();
  let told = startMs;
  for (const { atMs, kind, controller, forMs } of plan) {
    await pause(startMs + atMs - performance.now());
    suffered.set(kind, (suffered.get(kind) ?? 0) + 1);
    if (kind === "kill" || kind === "stop" || kind === "roll" || kind === "cut") fleet[kind](controller, forMs);
    else if (kind === "touch") void touchJobs(server, recorder, forMs);
    else await server.suffer(kind, forMs);
    if (performance.now() - told > 60_000) {
      told = performance.now();
      say(`${server.name}: ${Math.round((told - startMs) / 60_000)} min, ${recorder.changes.length} changes seen, ${recorder.jobs.size} jobs there`);
    }
  }
  await pause(startMs + lengthMs - performance.now());
  return suffered;
}

/** Pause between two touches, ms. */
const TOUCH_MS = 25;

/** Moves the versions of jobs that somebody works on, one after the other, for `ms`. */
async function touchJobs(server: TortureServer, recorder: Recorder, ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    for (const { name, claim } of [...recorder.jobs.values()]) {
      if (claim !== "") await server.touchJob(name).catch(() => {});
    }
    await pause(TOUCH_MS);
  }
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
