// Claim: a complete list of 100,000 Jobs every minute, which finds what the watch has lost, costs at most 3 % of one core.

import type { Claim } from "./harness/claim.ts";
import { facts } from "./harness/proc.ts";
import { pause } from "./harness/running.ts";
import { grouped } from "./harness/scale.ts";
import { READER } from "./harness/stage.ts";
import { median } from "./harness/statistics.ts";
import { syncsOf } from "./harness/syncs.ts";
import { verifyingOf } from "./harness/verifying.ts";

export const verifying: Claim = {
  name: "verifying",
  title: "Lists that verify the watch",
  how:
    "Processor time from the end of one such list to that of the next. The rival has none: what its watch loses, it never learns. The " +
    "limit is what one list costs the raw reader, as often.",
  async measure(stage) {
    const { api, scale: { many, verifyEverySeconds, verifyLists } } = stage;
    const series = await syncsOf(stage, many);
    const reading = median((series.get(READER) ?? []).map(({ cpuSeconds }) => cpuSeconds));
    const before = facts(api.pid).cpuSeconds;
    await pause(verifyEverySeconds * 250);
    const alone = (facts(api.pid).cpuSeconds - before) / (verifyEverySeconds / 4);
    const { lists, seconds, cpuSeconds, serverCpuSeconds } = await verifyingOf(stage, many, verifyEverySeconds, verifyLists);
    const share = (spent: number) => [(spent / seconds) * 100];
    return [
      {
        what: `a list of ${grouped(many)} Jobs every ${verifyEverySeconds} s, % of one core`,
        ours: share(cpuSeconds),
        limit: { name: READER, runs: share(reading * lists) },
        target: { measure: "figure", atMost: 3 },
      },
      { what: "kube-apiserver beside it, % of one core", ours: share(serverCpuSeconds), limit: { name: "without us", runs: [alone * 100] } },
      { what: "time between two lists, s", ours: [seconds / lists] },
    ];
  },
};
