// Signals and stray errors to three calls. Installed first thing: as PID 1 a process without a handler ignores SIGTERM.

import { readFileSync } from "node:fs";

export interface ProcessEvents {
  /** The first SIGINT or SIGTERM: stop in order. */
  drain(signal: StopSignal): void;
  /** The second one, SIGQUIT or SIGABRT: end now with this exit code (130, 143, 131, 134). */
  force(code: number, signal: StopSignal): void;
  /** An exception or rejection that nobody caught: a bug. */
  crash(error: unknown): void;
}

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGQUIT" | "SIGABRT";

/** Exit code of a process that a signal ended, as shells print it. */
export const SIGNAL_EXIT: Record<StopSignal, number> = { SIGINT: 130, SIGQUIT: 131, SIGABRT: 134, SIGTERM: 143 };

/** Installs the handlers; the function returned takes them away again. */
export function installProcessEvents(events: ProcessEvents): () => void {
  let stopping = false;
  const stop = (signal: StopSignal) => () => {
    if (stopping) return events.force(SIGNAL_EXIT[signal], signal);
    stopping = true;
    events.drain(signal);
  };
  const handlers: [event: string, handler: (...args: unknown[]) => void][] = [
    ["SIGINT", stop("SIGINT")],
    ["SIGTERM", stop("SIGTERM")],
    // Without handlers these would dump core, secrets included.
    ["SIGQUIT", () => events.force(SIGNAL_EXIT.SIGQUIT, "SIGQUIT")],
    ["SIGABRT", () => events.force(SIGNAL_EXIT.SIGABRT, "SIGABRT")],
    ["uncaughtException", (error) => events.crash(error)],
    ["unhandledRejection", (error) => events.crash(error)],
  ];
  for (const [event, handler] of handlers) process.on(event, handler);
  return () => {
    for (const [event, handler] of handlers) process.off(event, handler);
  };
}

/** Calls `ended` when the terminal closes; not under nohup(1), whose word a handler would take back. */
export function onHangUp(ended: () => void): void {
  if (!isHangUpIgnored()) process.once("SIGHUP", ended);
}

/** Whether this process was started with SIGHUP ignored: bit 0 of SigIgn in proc(5). False where that cannot be seen. */
function isHangUpIgnored(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return (Number.parseInt(ignored.slice(-1), 16) & 1) === 1;
  } catch {
    return false;
  }
}
