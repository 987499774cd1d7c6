// Creates at a steady rate under a subject that watches: the time from sending each to its line, and processor time. All are
// read by this one process, whose share is in every figure. Several claims look at one series.

import { Running, type Subject } from "./running.ts";
import type { Stage } from "./stage.ts";
import { inTurns } from "./statistics.ts";

export interface Stream {
  /** From the sending of a create to its line, ms. */
  lagsMs: number[];
  cpuSeconds: number;
}

/** By subject, one entry a round. There are no Jobs before and after. */
export function streamsOf(stage: Stage, rate: number, rounds: number): Promise<Map<string, Stream[]>> {
  return stage.once(`stream of ${rate}/s`, async () => {
    const { population, ours, rivals, reader } = stage;
    await population.set("jobs", 0);
    await streamOf(stage, reader, Math.max(rate, 100), "warm");
    return inTurns([ours, ...rivals, reader], rounds, (subject, turn) => streamOf(stage, subject, rate, `turn-${rate}-${turn}`));
  });
}

async function streamOf(stage: Stage, subject: Subject, rate: number, prefix: string): Promise<Stream> {
  await using running = new Running(subject, [], { stamps: true });
  await running.started();
  const before = running.facts().cpuSeconds;
  const count = rate * stage.scale.streamSeconds;
  const made = (await stage.raw("create", { count, rate, prefix })).filter(({ uid }) => uid !== undefined);
  await running.until(() => made.every(({ uid }) => running.arrivals.has(String(uid))), 30_000);
  const cpuSeconds = running.facts().cpuSeconds - before;
  await stage.population.clear("jobs");
  return { cpuSeconds, lagsMs: made.map(({ uid, sent }) => (running.arrivals.get(String(uid)) ?? Number.NaN) - Number(sent)) };
}
