// What the lists cost that verify the watch: ours beside so many Jobs, through some of them, and the server's share.

import { facts } from "./proc.ts";
import { Running } from "./running.ts";
import type { Stage } from "./stage.ts";

export interface Verified {
  lists: number;
  seconds: number;
  cpuSeconds: number;
  /** Of kube-apiserver in the same time. */
  serverCpuSeconds: number;
}

/** A list of many may be followed by a rest of minutes. */
const LISTED_WITHIN_MS = 600_000;

/** From the end of one list that verified to that of the last of the `lists` after it: whole intervals. */
export function verifyingOf(stage: Stage, jobs: number, everySeconds: number, lists: number): Promise<Verified> {
  return stage.once(`${lists} lists of ${jobs}`, async () => {
    const { api, ours, population } = stage;
    await population.set("jobs", jobs);
    await using running = new Running(ours, ["--log-level=debug", `--resync-interval=${everySeconds}s`], { lines: true });
    await running.until(() => running.startedMs !== undefined && running.notifications >= jobs, 120_000);
    const listed = async (count: number) => {
      running.lines.length = 0;
      await running.until(() => running.lines.filter((line) => line.includes('"list complete"')).length >= count, LISTED_WITHIN_MS);
    };
    await listed(1);
    const [before, server, at] = [running.facts(), facts(api.pid), performance.now()];
    await listed(lists);
    return {
      lists,
      seconds: (performance.now() - at) / 1_000,
      cpuSeconds: running.facts().cpuSeconds - before.cpuSeconds,
      serverCpuSeconds: facts(api.pid).cpuSeconds - server.cpuSeconds,
    };
  });
}
