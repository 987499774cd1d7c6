// Claim: time from start to `jobs controller started`, CPU until then, and memory after, with N Jobs on the server.
// Limit: a raw reader that lists by pages and keeps nothing.

import { median, openBench, options, pause, printTable, type Row, Running, type Subject } from "./support.ts";

const { jobs, rounds, rest } = options({ jobs: 20_000, rounds: 3, rest: 5 });
const bench = await openBench();
try {
  const [made] = (await bench.raw("create", { count: jobs, quiet: true })).slice(-1);
  process.stdout.write(`${jobs} Jobs created at ${made?.per_second}/s\n`);
  const { ours, rivals, reader } = bench.subjects;
  const subjects = [...(ours === undefined ? [] : [ours]), ...rivals, reader];
  const runs = new Map<string, Row["values"][]>(subjects.map(({ name }) => [name, []]));
  await measure(reader); // the server's caches are warm from here on
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) runs.get(subject.name)?.push(await measure(subject));
  }
  const rows = [...runs].map(([name, values]) => ({ name, values: medians(values) }));
  printTable(`sync of ${jobs} Jobs, median of ${rounds} runs, memory ${rest} s after`, rows, ours?.name ?? reader.name);
} finally {
  await bench.close();
}

async function measure(subject: Subject): Promise<Row["values"]> {
  const running = new Running(subject);
  try {
    await running.until(() => running.startedMs !== undefined && running.notifications >= jobs, 120_000);
    const allMs = performance.now() - running.spawnedAt;
    const { cpuSeconds } = running.kernelFacts();
    await pause(rest * 1000);
    const { residentMB, dirtyMB, peakMB } = running.kernelFacts();
    return {
      "started ms": running.startedMs ?? Number.NaN,
      "all lines ms": allMs,
      "CPU s": cpuSeconds,
      "resident MB": residentMB,
      "private dirty MB": dirtyMB,
      "peak MB": peakMB,
    };
  } finally {
    await running.stop();
  }
}

function medians(values: Row["values"][]): Row["values"] {
  const names = Object.keys(values[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(values.map((value) => value[name] ?? Number.NaN))]));
}
