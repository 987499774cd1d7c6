// What asks a script to end: Ctrl-C, a polite kill, a terminal that closes.

import process from "node:process";

/** Exit codes as shells print them for a process that the signal has ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Calls `end` for each such signal, in place of the sudden end: whoever takes it has to exit. */
export function onEnding(end: (code: number, signal: string) => void): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => end(code, signal));
}
