// Creates at a steady rate under a subject that watches, and a raw reader beside it: the time from sending each to its line, and
// processor time. All are read by this one process, whose share is in every figure. Several claims look at one series.

import type { Figure } from "./figure.ts";
import { Running, type Subject } from "./running.ts";
import { compared, OURS, READER, type Stage } from "./stage.ts";
import { inTurns } from "./statistics.ts";

export interface Stream {
  /** From the sending of a create to its line, ms. */
  lagsMs: number[];
  cpuSeconds: number;
}

/** Of the same creates: what the server is late with, it is late with for both. */
export interface Pair {
  subject: Stream;
  /** Of the raw reader beside it. */
  reader: Stream;
}

/** By subject, one entry a round. There are no Jobs before and after. */
export function streamsOf(stage: Stage, rate: number, rounds: number): Promise<Map<string, Pair[]>> {
  return stage.once(`stream of ${rate}/s`, async () => {
    const { population, ours, rivals } = stage;
    await population.set("jobs", 0);
    await streamOf(stage, ours, Math.max(rate, 100), `warm-${rate}`);
    return inTurns([ours, ...rivals], rounds, (subject, turn) => streamOf(stage, subject, rate, `turn-${rate}-${turn}`));
  });
}

/** A figure of every subject; the limit is that of the readers beside ours. */
export function paired(series: ReadonlyMap<string, readonly Pair[]>, value: (stream: Stream) => number): Pick<Figure, "ours" | "rivals" | "limit"> {
  const limit = { name: READER, runs: (series.get(OURS) ?? []).map(({ reader }) => value(reader)) };
  return { ...compared(series, ({ subject }) => value(subject)), limit };
}

async function streamOf(stage: Stage, subject: Subject, rate: number, prefix: string): Promise<Pair> {
  await using running = new Running(subject, [], { stamps: true });
  await using beside = new Running(stage.reader, [], { stamps: true });
  const both = [running, beside];
  await Promise.all(both.map((one) => one.started()));
  const before = both.map((one) => one.facts().cpuSeconds);
  const count = rate * stage.scale.streamSeconds;
  const made = (await stage.raw("create", { count, rate, prefix })).filter(({ uid }) => uid !== undefined);
  await Promise.all(both.map((one) => one.until(() => made.every(({ uid }) => one.arrivals.has(String(uid))), 30_000)));
  const streams = both.map((one, index): Stream => ({
    cpuSeconds: one.facts().cpuSeconds - (before[index] ?? Number.NaN),
    lagsMs: made.map(({ uid, sent }) => (one.arrivals.get(String(uid)) ?? Number.NaN) - Number(sent)),
  }));
  await stage.population.clear("jobs");
  return { subject: streams[0] as Stream, reader: streams[1] as Stream };
}
