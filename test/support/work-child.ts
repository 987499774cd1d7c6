// A controller that does nothing but work: orders in its argument, its lease renewed as long as it runs, a line of JSON for
// whatever it learns. `bun work-child.ts '{"workers":["*=exec:./a.sh"],"orders":2,"validityMs":1000}'`. A line `cancel` on
// its input stops the work, a line `fade` the renewals.

import { EventEmitter } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../src/base/log.ts";
import { groups } from "../../src/runtime/children.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { selfCommand, startGuardProcess } from "../../src/runtime/guard-process.ts";
import { GUARD_WORD } from "../../src/work/guard-wire.ts";
import { parseWorkers } from "../../src/work/worker-spec.ts";
import { createWorkers } from "../../src/work/workers.ts";

export interface WorkChildOptions {
  workers: string[];
  envNames?: string[];
  orders?: number;
  action?: string;
  /** How long the lease holds from each renewal; renewed at a third of it. */
  validityMs?: number;
  /** The compiled program as the guard, in place of the source. */
  guard?: string;
  job?: object;
  /** A job with a text of so many characters. */
  jobSize?: number;
  /** One more order once the others have ended. */
  again?: boolean;
}

const options = JSON.parse(process.argv[2] ?? "{}") as WorkChildOptions;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log = createLogger({ sink: { write: (line) => say({ said: "log", ...(JSON.parse(line) as object) }) }, clock: systemClock, level: "debug", format: "json", name: "child" });
const self = selfCommand(
  {
    execPath: options.guard ?? process.execPath,
    entry: options.guard === undefined ? fileURLToPath(new URL("../../src/main.ts", import.meta.url)) : "/$bunfs/root/job-controller",
    platform: options.guard === undefined ? process.platform : "named",
    host: "Bun" in globalThis ? "bun" : "deno",
  },
  GUARD_WORD,
);
const workers = createWorkers({
  table: parseWorkers(options.workers),
  env: process.env,
  envNames: options.envNames ?? [],
  startGuard() {
    const guard = startGuardProcess(self, { PATH: process.env["PATH"] ?? "" }, (line) => say({ said: "guard", line }));
    say({ said: "guard-started", pid: guard.pid });
    return guard;
  },
  groups,
  clock: systemClock,
  log,
});

const told = new EventEmitter();
createInterface({ input: process.stdin }).on("line", (line) => told.emit(line));

function order(nth: number): Promise<void> {
  const validityMs = options.validityMs ?? 60_000;
  const listeners = new Set<() => void>();
  const ending = new AbortController();
  const lease = {
    deadlineMs: systemClock.monotonic() + validityMs,
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const stop = new AbortController();
  told.on("cancel", () => stop.abort(new Error("asked to stop")));
  told.on("fade", () => ending.abort());
  void (async () => {
    for (;;) {
      await systemClock.sleep(validityMs / 3, ending.signal);
      lease.deadlineMs = systemClock.monotonic() + validityMs;
      for (const listener of listeners) listener();
    }
  })().catch(() => {});
  return workers
    .run(
      {
        uid: `uid-${nth}`, name: `job-${nth}`, namespace: "default", repository: "repo", action: options.action ?? "pull", attempt: nth,
        job: options.jobSize !== undefined ? { text: "x".repeat(options.jobSize) } : options.job ?? { metadata: { name: `job-${nth}`, uid: `uid-${nth}` }, spec: { action: options.action ?? "pull" } },
      },
      { signal: stop.signal, lease, progress: (update) => say({ said: "progress", nth, update }), log: (line) => say({ said: "line", nth, ...line }) },
    )
    .then((result) => {
      ending.abort();
      say({ said: "result", nth, result });
    });
}

const orders = options.orders ?? 1;
await Promise.all(Array.from({ length: orders }, (_, index) => order(index + 1)));
if (options.again) await order(orders + 1);
await workers.close();
say({ said: "over", rss: process.memoryUsage().rss });
process.exit(0);
