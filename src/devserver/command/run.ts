// The `dev` command: starts the server, tells people and programs how to use it, and runs until the signal.

import { DEV_DEFAULTS, type DevEnv, type DevOptions } from "../options.ts";
import { createDevserver } from "../serve.ts";
import { writeStateFiles } from "./files.ts";
import { instructions } from "./instructions.ts";
import { awaitReadyFile, environmentLines, type Ready, writeReadyFile } from "./ready-file.ts";

/** @throws ConfigError if an address is taken, a repository's name is none, or a file cannot be written */
export async function runDevserver(given: DevOptions, { clock, random, write, log, signal, program, pid, atExit }: DevEnv): Promise<void> {
  const options = { ...DEV_DEFAULTS, ...given };
  const ends: (() => void | Promise<void>)[] = [];
  const removing = (remove: () => void) => {
    ends.unshift(remove);
    atExit(remove);
  };
  try {
    const devserver = await createDevserver({ ...options, clock, random, write: log });
    ends.unshift(() => devserver.close());
    const { files, renew, remove } = await writeStateFiles(devserver, options.token, options.stateDir);
    removing(remove);
    devserver.onRotation(renew);
    const { apiUrl, exchangeUrl, adminUrl } = devserver;
    const ready: Ready = { pid, era: options.era, apiUrl, exchangeUrl, ...(adminUrl === undefined ? {} : { adminUrl }), faultSeed: devserver.faults.seed, files };
    if (options.readyFile !== undefined) removing(await writeReadyFile(options.readyFile, ready));
    for (const line of instructions(ready, options, program)) write(line);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    for (const end of ends) await end();
  }
}

const READY_MS = 30_000;

/** Waits for the server of the ready file and writes its environment. @throws ConfigError if none comes */
export async function printEnvironment(
  { readyFile = "" }: Pick<DevOptions, "readyFile">,
  { clock, write, signal }: Pick<DevEnv, "clock" | "write" | "signal">,
): Promise<void> {
  for (const line of environmentLines(await awaitReadyFile(readyFile, READY_MS, clock, signal))) write(line);
}
