// An error in, one word for it out: the same word wherever errors are counted. Knows no operation.

import { ApiError, ConfigError, NetworkError, ProtocolError, TokenError } from "./errors.ts";

/** Why a request came to nothing, each word with its meaning. Values of a label: they never change and no server makes one. */
export const REASONS = {
  connection: "no answer; `job_controller_connection_errors_total` has the cause",
  cut: "the connection broke in the middle of the answer; of a watch: between two events",
  "mid-line": "the watch broke off, or ended, within an event",
  stall: "the connection stood still: no byte for 30 s, a watch past its end, or one that was silent while lists saw changes",
  credential: "there was no token to send",
  unauthorized: "401, and not because a newer token was needed",
  forbidden: "403",
  "not-found": "404",
  conflict: "409",
  expired: "410: version or continue token are too old",
  "expired-event": "410 as an ERROR event of the watch",
  "error-event": "any other ERROR event of the watch",
  throttled: "429",
  "client-error": "any other status from 400 to 499",
  "server-error": "a status from 500 on",
  "not-json": "HTML or other text in place of JSON, as from a proxy",
  malformed: "JSON that is cut off, damaged or not there at all; a line of the watch that is none",
  oversized: "a line of the watch beyond 32 Mi characters",
  "repeated-token": "a page that names itself as the next one",
  "other-object": "the delete hit another object of that name, against its precondition",
  unexpected: "an answer of the wrong kind: no list, no event, no token, a redirect",
} as const;

export type Reason = keyof typeof REASONS;

/** The word for what a request was refused with, or what it broke on. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof ApiError) return error.expired ? "expired" : reasonOfStatus(error.status);
  if (error instanceof ProtocolError) return error.reason;
  if (error instanceof TokenError || error instanceof ConfigError) return "credential";
  if (!(error instanceof NetworkError)) return "unexpected";
  if (error.reason === "cut" || error.reason === "mid-line") return error.reason;
  return error.reason === "silence" ? "stall" : "connection";
}

/** The same for the status alone. */
export function reasonOfStatus(status: number): Reason {
  return BY_STATUS[status] ?? (status >= 500 ? "server-error" : status >= 400 ? "client-error" : "unexpected");
}

const BY_STATUS: Record<number, Reason> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "expired",
  429: "throttled",
};

/** `reason` where it is one of these, else `unexpected`. */
export function oneOf<R extends Reason>(reasons: readonly R[], reason: Reason): R | "unexpected" {
  return (reasons as readonly Reason[]).includes(reason) ? (reason as R) : "unexpected";
}
