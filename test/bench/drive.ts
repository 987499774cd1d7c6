// Claim: getting jobs done costs little beyond the least that a Go program does on the same protocol: no leases that are renewed,
// no reaper, no guard, no progress.

import type { Claim } from "./harness/claim.ts";
import { type Done, Driving } from "./harness/driving.ts";
import type { Figure } from "./harness/figure.ts";
import type { Subject } from "./harness/running.ts";
import { CLAIMER, OURS, type Stage } from "./harness/stage.ts";
import { inTurns, quantile } from "./harness/statistics.ts";

const RATE = 10;
const DRIVERS = [1, 3, 10];
const PROGRAM = "date +%s%N";
/** PUT of the claim, PUT of the result, POST of the record, DELETE. */
const LEAST = 4;

/** The flags of both for the same thing. */
const FLAGS: Readonly<Record<string, { program: readonly string[]; nothing: readonly string[]; drivers: (count: number) => string }>> = {
  [OURS]: { program: [`--worker=*=exec:${PROGRAM}`], nothing: ["--worker=*=builtin:test"], drivers: (count) => `--drivers=${count}` },
  [CLAIMER]: { program: [`-exec=${PROGRAM}`], nothing: [], drivers: (count) => `-drivers=${count}` },
};

export const drive: Claim = {
  name: "drive",
  title: "Getting jobs done",
  how:
    `Jobs of no length. First they come at ${RATE}/s and the worker is a program, \`${PROGRAM}\`; then all are there at the start and the ` +
    `work is done within the process. The least is ${LEAST} requests a job.`,
  async measure(stage) {
    await stage.population.set("jobs", 0);
    using driving = await Driving.open(stage);
    const figures: Figure[] = [];
    for (const count of DRIVERS) figures.push(...(await throughput(stage, driving, count)));
    // Last: an API server lets the first objects of a new kind wait.
    figures.unshift(...(await waits(stage, driving)));
    await stage.population.clear("historicjobs");
    return figures;
  },
};

async function waits({ ours, claimer, scale }: Stage, driving: Driving): Promise<Figure[]> {
  const series = await inTurns([ours, claimer], Math.min(scale.rounds, 2), (subject, turn) => {
    const { program = [], drivers } = flagsOf(subject);
    return driving.waits(subject, [...program, drivers(10)], RATE, RATE * scale.streamSeconds, `wait-${turn}`);
  });
  const figure = (what: string, value: (waited: { toClaim: number[]; toWorker: number[] }) => number): Figure => ({
    what,
    ours: (series.get(OURS) ?? []).map(value),
    rivals: { [CLAIMER]: (series.get(CLAIMER) ?? []).map(value) },
  });
  return [
    figure("create to claim p50, ms", ({ toClaim }) => quantile(toClaim, 0.5)),
    figure("create to worker's start p50, ms", ({ toWorker }) => quantile(toWorker, 0.5)),
    figure("create to worker's start p99, ms", ({ toWorker }) => quantile(toWorker, 0.99)),
  ];
}

async function throughput({ ours, claimer, scale }: Stage, driving: Driving, count: number): Promise<Figure[]> {
  const { driven } = scale;
  const series = await inTurns([ours, claimer], Math.min(scale.rounds, 2), (subject, turn) => {
    const { nothing, drivers } = flagsOf(subject);
    return driving.throughput(subject, [...nothing, drivers(count)], driven, `done-${count}-${turn}`);
  });
  const figure = (what: string, value: (done: Done) => number, more: Partial<Figure> = {}): Figure => ({
    what: `${what}, ${count} driver${count === 1 ? "" : "s"}`,
    ours: (series.get(OURS) ?? []).map(value),
    rivals: { [CLAIMER]: (series.get(CLAIMER) ?? []).map(value) },
    ...more,
  });
  const requests = ({ requests }: Done) => [...requests.values()].reduce((sum, asked) => sum + asked, 0) / driven;
  return [
    figure("jobs/s", ({ perSecond }) => perSecond, { more: true }),
    figure("requests a job", requests, { limit: { name: "the least", runs: [LEAST] } }),
    figure("processor time of 1,000 jobs, s", ({ cpuSeconds }) => (cpuSeconds / driven) * 1_000),
  ];
}

function flagsOf({ name }: Subject) {
  const flags = FLAGS[name];
  if (flags === undefined) throw new Error(`no flags for ${name}`);
  return flags;
}
