// An error to the exit code and the last words, and the table of codes. The only switch over kinds of error.

import { AppError, messageOf } from "../base/errors.ts";
import type { ApiError, ErrorKind, IncompatibleError, NetworkError, ProtocolError, TimeoutError, TokenError, UsageError } from "../base/errors.ts";
import type { ConfigError } from "../base/errors.ts";
import type { CommandName } from "./flags.ts";

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  partial: 4,
  cancelled: 5,
  incompatible: 6,
  unreachable: 7,
  timeout: 124,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ExitRow {
  code: ExitCode;
  meaning: string;
  /** Commands that end with it; none = kept free for commands to come. */
  commands: readonly CommandName[];
}

const ORDERS: readonly CommandName[] = ["dev fault add", "dev fault list", "dev fault clear", "dev seed"];
const EVERY: readonly CommandName[] = ["run", "history", "verify", "dev", ...ORDERS, "ready", "version", "completion", "help"];

/** No number is ever given a second meaning. */
export const EXIT_CODES: readonly ExitRow[] = [
  { code: EXIT.ok, meaning: "done; a clean stop after a signal", commands: EVERY },
  { code: EXIT.failed, meaning: "a check failed, or nothing was checked; not ready; not drained within --shutdown-timeout; an answer of the server is of no use; standard output cannot be written; or a bug, with its stack", commands: EVERY },
  { code: EXIT.usage, meaning: "usage or configuration error; an address that was named is taken", commands: EVERY },
  { code: EXIT.refused, meaning: "token exchange or first list of jobs refused (401, 403)", commands: ["run", "history", "verify"] },
  { code: EXIT.partial, meaning: "no check failed, but some were not decided, or skipped under --fail-on=skip", commands: ["verify"] },
  { code: EXIT.cancelled, meaning: "stopped by a signal before it had answered; dev with --print-env alone", commands: ["history", "verify", "dev", ...ORDERS, "ready"] },
  { code: EXIT.incompatible, meaning: "no usable version of the API, or no HistoricJobs in it", commands: ["history", "verify"] },
  { code: EXIT.unreachable, meaning: "server unreachable (DNS, connect, TLS); of run until --startup-timeout", commands: ["run", "history", "verify", ...ORDERS] },
  { code: EXIT.timeout, meaning: "any other cause until --startup-timeout; not all was checked within --timeout", commands: ["run", "verify"] },
  { code: EXIT.interrupted, meaning: "second signal was SIGINT: stopped without waiting", commands: ["run", "dev"] },
  { code: EXIT.brokenPipe, meaning: "the reader of standard output went away", commands: EVERY },
  { code: EXIT.terminated, meaning: "second signal was SIGTERM: stopped without waiting", commands: ["run", "dev"] },
];

export interface Ending {
  code: ExitCode;
  kind: ErrorKind | "bug";
  /** One line. */
  message: string;
  /** The next step, of a usage error. */
  hint?: string;
  /** Of a bug. */
  stack?: string;
}

type Known = UsageError | ConfigError | TokenError | ApiError | NetworkError | ProtocolError | IncompatibleError | TimeoutError;

/** What an error that reached main means. */
export function endingOf(error: unknown): Ending {
  if (!(error instanceof AppError)) {
    return { code: EXIT.failed, kind: "bug", message: messageOf(error), ...(error instanceof Error && { stack: error.stack ?? "" }) };
  }
  const known = error as Known;
  const { kind, message } = known;
  switch (kind) {
    case "usage":
      return { code: EXIT.usage, kind, message, ...(known.hint !== undefined && { hint: known.hint }) };
    case "config":
      return { code: EXIT.usage, kind, message };
    case "token":
      return { code: EXIT.refused, kind, message };
    case "api":
      return { code: known.status === 401 || known.status === 403 ? EXIT.refused : EXIT.failed, kind, message };
    case "network":
      return { code: EXIT.unreachable, kind, message };
    case "protocol":
      return { code: EXIT.failed, kind, message };
    case "incompatible":
      return { code: EXIT.incompatible, kind, message };
    case "timeout":
      return { code: isNetwork(known.cause) ? EXIT.unreachable : EXIT.timeout, kind, message: withCause(message, known.cause) };
    default:
      return known satisfies never;
  }
}

function isNetwork(error: unknown): boolean {
  return error instanceof AppError && error.kind === "network";
}

function withCause(message: string, cause: unknown): string {
  return cause === undefined ? message : `${message}: ${messageOf(cause)}`;
}

/** The last words for standard error, as the original starts them; ends with a newline. */
export function endingText({ kind, message, hint, stack }: Ending): string {
  if (kind === "bug" && stack) return `Error: ${message}\n${stack}\n`;
  return hint === undefined ? `Error: ${message}\n` : `Error: ${message}\n${hint}\n`;
}
