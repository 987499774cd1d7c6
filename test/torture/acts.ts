// What happens during the torture: jobs are asked for, the plan is carried out, and at last all is waited for.

import { oneOf, seeded } from "../../src/base/random.ts";
import { disturb, pause, type Victims } from "./disturb.ts";
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

export interface Stage extends Victims {
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

/** After the last disturbance: an expiry for each attempt that may be left, and the work. */
const DRAIN_MS = 120_000;

/** Waits until no job is left, or no longer; how long it took, ms. */
export async function drained({ jobs }: Recorder): Promise<number> {
  const startMs = performance.now();
  while (jobs.size > 0 && performance.now() - startMs < DRAIN_MS) await pause(100);
  return performance.now() - startMs;
}
