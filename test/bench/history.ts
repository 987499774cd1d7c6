// Claim: under pruning, with 100,000 HistoricJobs of which few have expired, we hold at most 0.15 of what the rival holds.

import { eventually } from "../support/apiserver.ts";
import type { Claim } from "./harness/claim.ts";
import type { Facts } from "./harness/proc.ts";
import { pause, Running, type Subject } from "./harness/running.ts";
import { grouped } from "./harness/scale.ts";
import { compared, OURS, type Stage } from "./harness/stage.ts";
import { inTurns } from "./harness/statistics.ts";

/** Deleted by each subject, so that it is seen to prune; the client-go limiter takes two seconds for them. */
const EXPIRED = 20;
const HOUR_MS = 3_600_000;

export const history: Claim = {
  name: "history",
  title: "Memory under pruning",
  how: `Of the HistoricJobs ${EXPIRED} have expired. Read some seconds after they are gone, and ours after its second sweep, one coming each 10 s; the peaks have the sweeps in them. No Job on the server.`,
  async measure(stage) {
    const { population, ours, rivals, scale: { many, rounds } } = stage;
    await population.set("jobs", 0);
    await population.set("historicjobs", many + EXPIRED);
    const series = await inTurns([ours, ...rivals], Math.min(rounds, 2), (subject) => pruning(stage, subject));
    // Whole again, for who comes next.
    await population.put("historicjobs", 0, EXPIRED, 0);
    const beside = `, ${grouped(many)} HistoricJobs, MB`;
    return [
      { what: `resident${beside}`, ...compared(series, ({ residentMB }) => residentMB), target: { measure: "to rival", atMost: 0.15 } },
      { what: `private dirty${beside}`, ...compared(series, ({ dirtyMB }) => dirtyMB) },
      { what: `peak resident${beside}`, ...compared(series, ({ peakMB }) => peakMB) },
    ];
  },
};

async function pruning({ population, scale: { many, restSeconds } }: Stage, subject: Subject): Promise<Facts> {
  await population.put("historicjobs", 0, EXPIRED, 2 * HOUR_MS);
  const swift = subject.name === OURS ? ["--history-sweep-interval=10s"] : [];
  await using running = new Running(subject, ["--history-expiration=1h", ...swift], { lines: true });
  await running.started();
  await eventually("what has expired is gone", async () => (await population.count("historicjobs")) === many, 120_000);
  if (subject.name === OURS) await running.until(() => running.lines.filter((line) => line.includes("history sweep complete")).length >= 2, 120_000);
  await pause(restSeconds * 1_000);
  return running.facts();
}
