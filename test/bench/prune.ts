// Claim: without a cap, expired HistoricJobs go at 0.8 of the rate of a bare parallel deleter at least.

import type { Claim } from "./harness/claim.ts";
import type { Figure } from "./harness/figure.ts";
import { grouped } from "./harness/scale.ts";
import { pause, Running, type Subject } from "./harness/running.ts";
import { OURS, type Stage } from "./harness/stage.ts";
import { inTurns } from "./harness/statistics.ts";

/** As many DELETEs at a time as we send. */
const PARALLEL = 10;
const BARE = `${PARALLEL} bare DELETEs at a time`;
/** From the first deletion on: some subjects would take half an hour. */
const LOOK_MS = 10_000;
const FIRST_WITHIN_MS = 60_000;
const RETENTION = ["--history-expiration=30m"];
const NO_CAP = [...RETENTION, "--history-delete-rate=0"];
const NO_LIMITER = [...RETENTION, "--limiter=off"];

export const prune: Claim = {
  name: "prune",
  title: "Pruning of expired HistoricJobs",
  how: "From the first deletion that the server shows to the last, or for ten seconds. The rival deletes from its informer's handler, one after the other.",
  async measure(stage) {
    const { expired, rounds } = stage.scale;
    const { ours, rivals } = stage;
    const freely = await inTurns([ours, ...rivals, { name: BARE, binary: "", args: [] }], Math.min(rounds, 2), (subject) => {
      if (subject.name === BARE) return bare(stage);
      return deletion(stage, subject, subject.name === OURS ? NO_CAP : NO_LIMITER);
    });
    const bound = await inTurns([ours, ...rivals], 1, (subject) => deletion(stage, subject, RETENTION));
    const of = (series: ReadonlyMap<string, number[]>) => Object.fromEntries(rivals.map(({ name }) => [name, series.get(name) ?? []]));
    const uncapped = freely.get(OURS) ?? [];
    const figures: Figure[] = [
      {
        what: `of ${grouped(expired)} without cap, the rival without limiter, deletions/s`,
        ours: uncapped,
        rivals: of(freely),
        limit: { name: BARE, runs: freely.get(BARE) ?? [] },
        target: { measure: "to limit", atLeast: 0.8 },
      },
      { what: "the same, the rival with client-go's default limiter, deletions/s", ours: uncapped, rivals: of(bound) },
      { what: "both by default, deletions/s", ours: bound.get(OURS) ?? [], rivals: of(bound) },
    ];
    return figures.map((figure) => ({ ...figure, more: true }));
  },
};

/** Deletions a second. */
async function deletion(stage: Stage, subject: Subject, flags: readonly string[]): Promise<number> {
  await stage.population.set("historicjobs", stage.scale.expired, 3_600_000);
  const rate = await seenDeletion(stage, subject, flags);
  await stage.population.clear("historicjobs");
  return rate;
}

async function seenDeletion({ population, scale: { expired } }: Stage, subject: Subject, flags: readonly string[]): Promise<number> {
  await using running = new Running(subject, flags);
  await running.started();
  let endsAt = performance.now() + FIRST_WITHIN_MS;
  let first: { at: number; left: number } | undefined;
  let left = expired;
  while (left > 0 && performance.now() < endsAt) {
    await pause(100);
    left = await population.count("historicjobs");
    if (left === expired || first !== undefined) continue;
    first = { at: performance.now(), left };
    endsAt = first.at + LOOK_MS;
  }
  return first === undefined ? Number.NaN : ((first.left - left) / (performance.now() - first.at)) * 1_000;
}

async function bare({ population, raw, scale }: Stage): Promise<number> {
  await population.set("historicjobs", scale.expired, 3_600_000);
  const [last] = (await raw("delete", { resource: "historicjobs", parallel: PARALLEL })).slice(-1);
  await population.clear("historicjobs");
  return Number(last?.["per_second"]);
}
