// Claim: ten times the objects cost at most ten times as much: memory, the first list, a sweep, a list that verifies.

import type { Claim } from "./harness/claim.ts";
import type { Figure } from "./harness/figure.ts";
import { Running } from "./harness/running.ts";
import { grouped } from "./harness/scale.ts";
import { OURS, type Stage } from "./harness/stage.ts";
import { median } from "./harness/statistics.ts";
import { ownSyncsOf, type Sync, syncsOf } from "./harness/syncs.ts";
import { verifyingOf } from "./harness/verifying.ts";

/** What the noise of a few ticks may add. */
const LINEAR = { measure: "to limit", atMost: 1.1 } as const;

export const growth: Claim = {
  name: "growth",
  title: "Growth of costs",
  how: "The limit is ten times our own figure with a tenth of the objects. A sweep is a start that sweeps less one that finds nothing to sweep.",
  async measure(stage) {
    const { growth: sizes, many } = stage.scale;
    const syncs: Sync[][] = [];
    const sweeps: number[] = [];
    const lists: number[] = [];
    // The largest first: it may be there already.
    for (const size of sizes.toReversed()) {
      syncs.unshift(size === many ? ((await syncsOf(stage, size)).get(OURS) ?? []) : await ownSyncsOf(stage, size));
      lists.unshift(await listCpu(stage, size));
    }
    await stage.population.set("jobs", 0);
    await stage.population.set("historicjobs", 0);
    const nothing = await sweptCpu(stage);
    for (const size of sizes) {
      await stage.population.set("historicjobs", size);
      sweeps.push((await sweptCpu(stage)) - nothing);
    }
    const values = (value: (sync: Sync) => number) => syncs.map((runs) => runs.map(value));
    return [
      ...grown("resident", "MB", sizes, values(({ rested }) => rested.residentMB)),
      ...grown("first list", "ms", sizes, values(({ syncedMs }) => syncedMs)),
      ...grown("processor time of the first list", "s", sizes, values(({ cpuSeconds }) => cpuSeconds)),
      ...grown("processor time of a list that verifies", "s", sizes, lists.map((value) => [value])),
      ...grown("processor time of the first sweep", "s", sizes, sweeps.map((value) => [value])),
    ];
  },
};

function grown(what: string, unit: string, sizes: readonly number[], series: readonly number[][]): Figure[] {
  return series.map((ours, index): Figure => {
    const before = series[index - 1];
    const figure = { what: `${what}, ${grouped(sizes[index] ?? 0)} objects, ${unit}`, ours };
    return before === undefined ? figure : { ...figure, limit: { name: "ten times", runs: [median(before) * 10] }, target: LINEAR };
  });
}

/** Of one list among those that follow as quickly as they may. */
async function listCpu(stage: Stage, size: number): Promise<number> {
  const { many, verifyEverySeconds, verifyLists } = stage.scale;
  const [everySeconds, lists] = size === many ? [verifyEverySeconds, verifyLists] : [1, 3];
  const verified = await verifyingOf(stage, size, everySeconds, lists);
  return verified.cpuSeconds / verified.lists;
}

/** From the start to the end of the first sweep. */
async function sweptCpu({ ours }: Stage): Promise<number> {
  await using running = new Running(ours, ["--history-expiration=24h"], { lines: true });
  await running.until(() => running.lines.some((line) => line.includes("history sweep complete")), 120_000);
  return running.facts().cpuSeconds;
}
