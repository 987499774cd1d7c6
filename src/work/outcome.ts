// How a worker ended, and what it had reported, to the result of the work. Pure.

import type { StopCause } from "./guard-state.ts";
import type { ReportedResult } from "./protocol.ts";
import type { WorkResult } from "./worker.ts";

export type Ending =
  /** There was no worker. `transient`: for want of memory, processes or files, so that another try may go well. */
  | { kind: "unstarted"; message: string; transient: boolean }
  | {
      kind: "ended";
      /** Exit code; undefined if a signal ended it, or nothing did. */
      code?: number;
      signal?: string;
      /** Why it was stopped, if it was. */
      cause?: StopCause;
      /** SIGTERM or SIGKILL was sent before it ended. */
      signalled: boolean;
      /** Processes of its group that SIGKILL did not end. */
      survivors: boolean;
    };

/** What the worker said of its result, as far as it said anything. `plain`: it said nothing in the protocol at all. */
export type Report = { kind: "none"; plain: boolean } | { kind: "given"; result: ReportedResult } | { kind: "bad"; why: string };

/** What became of the work. `reason` is why it was told to stop, if it was. */
export function outcomeOf(ending: Ending, report: Report, reason: string): WorkResult {
  if (ending.kind === "unstarted") return ending.transient ? aborted(ending.message) : failed(ending.message);
  const result = resultOf(ending, report, reason);
  if (!ending.survivors) return result;
  // Something of it still runs: nobody may believe that this work is over.
  return { kind: "aborted", reason: "processes of the worker cannot be ended", survivors: true };
}

function resultOf(ending: Ending & { kind: "ended" }, report: Report, reason: string): WorkResult {
  const { cause, signalled, code, signal } = ending;
  const stopped = cause === "cancel" || cause === "controller" || cause === "lease";
  // Work that was done before the word to stop came is done. A failure may be what the stop has caused.
  if (report.kind === "given" && (!stopped || report.result.state !== "error")) {
    const own = !signalled && !OUTSIDE.includes(signal ?? "");
    const crashed = own && report.result.state === "success" ? endText(code, signal) : undefined;
    return crashed === undefined ? { kind: "done", ...report.result } : failed(`worker reported success, but ${crashed}`);
  }
  // Who speaks the protocol would have said that it is done. Who does not has no word but this one.
  const plainlyDone = report.kind === "none" && report.plain && code === 0 && !signalled;
  if (stopped && !plainlyDone) return aborted(STOPPED[cause](reason));
  if (report.kind === "bad") return failed(`worker gave a result that cannot be read: ${report.why}`);
  if (signal !== undefined && OUTSIDE.includes(signal)) return aborted(`worker was stopped from outside by ${signal}`);
  const crashed = endText(code, signal);
  return crashed === undefined ? { kind: "done", state: "success", errors: [], warnings: [] } : failed(`worker ${crashed}`);
}

const STOPPED: Record<Exclude<StopCause, "linger">, (reason: string) => string> = {
  cancel: (reason) => reason,
  controller: () => "the program is ending",
  lease: () => "the lease ended before the work did",
};

/** Whoever sends these to a worker wants it to stop; they say nothing of the work. */
const OUTSIDE = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];

function endText(code: number | undefined, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (code !== undefined) return `exited with code ${code}`;
  return `was ended by ${signal ?? "nobody knows what"}${signal === "SIGKILL" ? ", perhaps for want of memory" : ""}`;
}

export function aborted(reason: string): WorkResult {
  return { kind: "aborted", reason };
}

export function failed(message: string): WorkResult {
  return { kind: "done", state: "error", message, errors: [], warnings: [] };
}
