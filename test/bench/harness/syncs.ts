// From start to everything announced, on a server with so many Jobs: each subject's times, processor time and memory. Several
// claims look at one series.

import type { Facts } from "./proc.ts";
import { pause, Running, type Subject } from "./running.ts";
import { OURS, type Stage } from "./stage.ts";
import { inTurns } from "./statistics.ts";

export interface Sync {
  /** From the start to `jobs controller started` and the last line, ms. */
  syncedMs: number;
  /** Until then. */
  cpuSeconds: number;
  /** After a rest. */
  rested: Facts;
}

/** By subject, one entry a round. The Jobs are left on the server. */
export function syncsOf(stage: Stage, jobs: number): Promise<Map<string, Sync[]>> {
  return stage.once(`sync of ${jobs}`, async () => {
    const { population, ours, rivals, reader, scale } = stage;
    await population.set("jobs", jobs);
    await syncOf(reader, jobs, 0); // the server's caches are warm from here on
    return inTurns([ours, ...rivals, reader], scale.rounds, (subject) => syncOf(subject, jobs, scale.restSeconds));
  });
}

/** Only ours, as often. */
export function ownSyncsOf(stage: Stage, jobs: number): Promise<Sync[]> {
  return stage.once(`own sync of ${jobs}`, async () => {
    const { population, ours, scale } = stage;
    await population.set("jobs", jobs);
    await syncOf(ours, jobs, 0);
    return (await inTurns([ours], scale.rounds, (subject) => syncOf(subject, jobs, scale.restSeconds))).get(OURS) ?? [];
  });
}

async function syncOf(subject: Subject, jobs: number, restSeconds: number): Promise<Sync> {
  await using running = new Running(subject);
  await running.until(() => running.startedMs !== undefined && running.notifications >= jobs, 120_000);
  const syncedMs = performance.now() - running.spawnedAt;
  const { cpuSeconds } = running.facts();
  await pause(restSeconds * 1_000);
  return { syncedMs, cpuSeconds, rested: running.facts() };
}
