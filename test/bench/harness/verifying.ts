// What the lists cost that verify the watch: ours beside so many Jobs, through some of them, and the server's share.

import { closedPort } from "../../../scripts/ports.ts";
import { facts } from "./proc.ts";
import { pause, Running } from "./running.ts";
import type { Stage } from "./stage.ts";

export interface Verified {
  lists: number;
  seconds: number;
  cpuSeconds: number;
  /** Of kube-apiserver in the same time. */
  serverCpuSeconds: number;
}

/** From the end of one list that verified to that of the last of the `lists` after it: whole intervals. */
export function verifyingOf(stage: Stage, jobs: number, everySeconds: number, lists: number): Promise<Verified> {
  return stage.once(`${lists} lists of ${jobs}`, async () => {
    const { api, ours, population } = stage;
    await population.set("jobs", jobs);
    const port = await closedPort();
    const flags = [`--health-probe-bind-address=127.0.0.1:${port}`, `--resync-interval=${everySeconds}s`];
    await using running = new Running({ ...ours, args: ours.args.filter((flag) => !flag.startsWith("--health")) }, flags);
    await running.until(() => running.startedMs !== undefined && running.notifications >= jobs, 120_000);
    const first = await listsOf(port);
    await listed(port, first + 1);
    const [before, server, at] = [running.facts(), facts(api.pid), performance.now()];
    await listed(port, first + 1 + lists);
    return {
      lists,
      seconds: (performance.now() - at) / 1_000,
      cpuSeconds: running.facts().cpuSeconds - before.cpuSeconds,
      serverCpuSeconds: facts(api.pid).cpuSeconds - server.cpuSeconds,
    };
  });
}

async function listed(port: number, lists: number): Promise<void> {
  while ((await listsOf(port)) < lists) await pause(100);
}

/** Complete lists of Jobs so far, as its metrics say. */
async function listsOf(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(/^grafana_provisioning_informer_relists_total(?:\{[^}]*\})? (\S+)$/gm);
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}
