// The guard process: standard input and output in place of a configuration. Ends when its controller does, whatever
// signal is sent to it.

import { createWriteStream, writeFileSync } from "node:fs";
import { chunksOf, groups, reapOrphans, startChild } from "./runtime/children.ts";
import { systemClock } from "./runtime/clock.ts";
import { detectHost } from "./runtime/detect.ts";
import { OutputQueue } from "./runtime/output-queue.ts";
import { runGuard } from "./work/guard-loop.ts";

/** Whoever stops everything (a terminal, a service manager) stops the controller too, and the guard ends after that. */
const IGNORED: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** For the last words to be taken, ms. */
const FLUSH_MS = 1_000;

/** Never returns. */
export async function beGuard(): Promise<never> {
  for (const signal of IGNORED) process.on(signal, () => {});
  rename("worker-guard");
  const { openPipe, adoptOrphans, reap, shrink, writeOutput = writeToStdout() } = await detectHost();
  adoptOrphans?.();
  // Nothing comes for hours, perhaps.
  shrink();
  const output = new OutputQueue(writeOutput);
  await runGuard({ input: chunksOf(process.stdin), write: (line) => output.write(line) }, {
    start: (command, env) => startChild(command, env, openPipe),
    groups,
    clock: systemClock,
    ended: () => reap && reapOrphans(reap),
  });
  await Promise.race([output.written, systemClock.sleep(FLUSH_MS)]);
  process.exit(0);
}

/** So that `pkill job-controller` means the controllers: killed together with its guard, one leaves its workers running. */
function rename(name: string): void {
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Not Linux.
  }
}

/** Not process.stdout, which knows neither how much waits nor when it is written. */
function writeToStdout(): (bytes: Uint8Array) => Promise<void> {
  const stream = createWriteStream("", { fd: 1, autoClose: false });
  stream.on("error", () => {});
  return (bytes) => new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));
}
