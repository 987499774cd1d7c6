// Claim: HistoricJobs deleted per second when all are expired. The time runs from the first deletion seen on the server
// to the last, or to a deadline for subjects that would take half an hour. Limit: bare parallel DELETEs.

import { API } from "../../scripts/apiserver.ts";
import { openBench, options, pause, printTable, type Row, Running, type Subject } from "./support.ts";

const { records, deadline } = options({ records: 10_000, deadline: 20 });
const bench = await openBench();
try {
  const { ours, rivals } = bench.subjects;
  const rows: Row[] = [];
  if (ours !== undefined) {
    rows.push(await measure(ours, ours.name, ["--history-delete-rate=0"]));
    rows.push(await measure(ours, `${ours.name} at its default rate`, []));
  }
  for (const rival of rivals) {
    rows.push(await measure(rival, `${rival.name}, no limiter`, ["--limiter=off"]));
    rows.push(await measure(rival, `${rival.name}, its limiter`, []));
  }
  for (const parallel of [1, 10, 32]) {
    await fill();
    const [last] = (await bench.raw("delete", { resource: "historicjobs", parallel, quiet: true })).slice(-1);
    rows.push({ name: `bare DELETEs, ${parallel} at a time`, values: { "per second": Number(last?.per_second), deleted: Number(last?.count) } });
  }
  printTable(`pruning of ${records} expired HistoricJobs, at most ${deadline} s each`, rows, ours?.name ?? "bare DELETEs, 10 at a time");
} finally {
  await bench.close();
}

async function measure(subject: Subject, name: string, extra: string[]): Promise<Row> {
  await fill();
  const running = new Running(subject, ["--history-expiration=1s", ...extra]);
  try {
    const givesUpAt = performance.now() + deadline * 1000;
    let left = records;
    let firstAt: number | undefined;
    let before = records;
    while (left > 0 && performance.now() < givesUpAt) {
      await pause(20);
      left = await remaining();
      if (left < records && firstAt === undefined) {
        firstAt = performance.now();
        before = left;
      }
    }
    const facts = running.kernelFacts();
    const seconds = (performance.now() - (firstAt ?? performance.now())) / 1000;
    return { name, values: { "per second": (before - left) / seconds, deleted: records - left, "CPU s": facts.cpuSeconds, "peak MB": facts.peakMB } };
  } finally {
    await running.stop();
    await bench.raw("delete", { resource: "historicjobs", quiet: true });
  }
}

/** Creates the records and waits until all are older than the retention of one second. */
async function fill(): Promise<void> {
  await bench.raw("create", { resource: "historicjobs", count: records, quiet: true });
  await pause(2500);
}

async function remaining(): Promise<number> {
  const { body } = await bench.api.request("GET", `${API}/historicjobs?limit=1`);
  return (body.items?.length ?? 0) + (body.metadata?.remainingItemCount ?? 0);
}
