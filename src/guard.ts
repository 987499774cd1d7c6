// The guard process: standard input and output in place of a configuration. Ends when its controller does, whatever
// signal is sent to it.

import { createWriteStream, writeFileSync } from "node:fs";
import { chunksOf, groups, startChild } from "./runtime/children.ts";
import { systemClock } from "./runtime/clock.ts";
import { detectHost } from "./runtime/detect.ts";
import { runGuard } from "./work/guard-loop.ts";

/** Whoever stops everything (a terminal, a service manager) stops the controller too, and the guard ends after that. */
const IGNORED: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** Never returns. */
export async function beGuard(): Promise<never> {
  for (const signal of IGNORED) process.on(signal, () => {});
  rename("worker-guard");
  const { openPipe } = await detectHost();
  await runGuard({ input: chunksOf(process.stdin), write: writer() }, {
    start: (command, env) => startChild(command, env, openPipe),
    groups,
    clock: systemClock,
  });
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

function writer(): (line: string) => Promise<void> | undefined {
  // Not process.stdout: under Deno that blocks for as long as a stopped controller does not read, deadlines or not.
  const output = createWriteStream("", { fd: 1, autoClose: false });
  let broken = false;
  let full: PromiseWithResolvers<void> | undefined;
  const freed = () => {
    full?.resolve();
    full = undefined;
  };
  output.on("drain", freed);
  output.on("error", () => {
    broken = true;
    freed();
  });
  return (line) => (broken || output.write(line) ? undefined : (full ??= Promise.withResolvers<void>()).promise);
}
