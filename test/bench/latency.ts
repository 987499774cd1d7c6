// Claim: time from sending the create of a Job to its line, at a steady rate of creates. All subjects are read by the
// same process, so its share is in every figure. Limit: a raw reader of the same watch.

import { openBench, options, printTable, quantile, type Row, Running, type Subject } from "./support.ts";

const { rate, seconds, rounds } = options({ rate: 100, seconds: 10, rounds: 3 });
const bench = await openBench();
try {
  const { ours, rivals, reader } = bench.subjects;
  const subjects = [...(ours === undefined ? [] : [ours]), ...rivals, reader];
  const lags = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  await measure(reader, "warm");
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) lags.get(subject.name)?.push(...(await measure(subject, `r${round}-s${index}`)));
  }
  const rows: Row[] = [...lags].map(([name, values]) => ({
    name,
    values: { "p50 ms": quantile(values, 0.5), "p99 ms": quantile(values, 0.99), "max ms": quantile(values, 1), creates: values.length },
  }));
  printTable(`create to line at ${rate}/s for ${rounds} x ${seconds} s`, rows, ours?.name ?? reader.name);
} finally {
  await bench.close();
}

async function measure(subject: Subject, prefix: string): Promise<number[]> {
  const running = new Running(subject, [], { stamps: true });
  try {
    await running.until(() => running.startedMs !== undefined, 60_000);
    const made = (await bench.raw("create", { count: rate * seconds, rate, prefix })).filter((line) => line.uid !== undefined);
    await running.until(() => made.every(({ uid }) => running.arrivals.has(String(uid))), 30_000);
    return made.map(({ uid, sent }) => (running.arrivals.get(String(uid)) ?? Number.NaN) - Number(sent));
  } finally {
    await running.stop();
    await bench.raw("delete", { quiet: true });
  }
}
