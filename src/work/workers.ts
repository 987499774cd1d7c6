// The room's entry: a table of workers and what they run on to whoever runs an order by its action.

import type { Clock } from "../base/clock.ts";
import { runTest } from "./builtin-test.ts";
import { type ClientPorts, GuardClient } from "./guard-client.ts";
import { failed } from "./outcome.ts";
import { baseEnv, jobEnv } from "./worker-env.ts";
import { specFor, type WorkerTable } from "./worker-spec.ts";
import type { Workers } from "./worker.ts";

export interface WorkersOptions extends ClientPorts {
  table: WorkerTable;
  /** Our environment; workers get of it what worker-env.ts lists, and `envNames`. */
  env: Readonly<Record<string, string | undefined>>;
  /** Names that --worker-env adds. */
  envNames: readonly string[];
  clock: Clock;
}

/** Starts nothing before the first order that needs a process. */
export function createWorkers({ table, env, envNames, ...ports }: WorkersOptions): Workers {
  const guard = new GuardClient(ports);
  const base = baseEnv(env, envNames);
  return {
    actions: table.has("*") ? "*" : new Set(table.keys()),
    async run(order, io) {
      const spec = specFor(table, order.action);
      if (spec === undefined) return failed("no workers were registered to handle the job");
      if (spec.kind === "builtin") return runTest(order, io, ports.clock);
      return guard.run(spec.command, { ...base, ...jobEnv(order) }, order, io);
    },
    close: () => guard.close(),
  };
}
