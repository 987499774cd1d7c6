// An answer that is not success to an ApiError; the one place that reads a Status. Bodies are not trusted:
// anything may come from a proxy in between.

import { ApiError } from "../base/errors.ts";
import { retryAfterMs } from "../base/http.ts";
import type { Status } from "./types.ts";

const MESSAGE_MAX = 300;

/** `doing` is the failed action, as in "list jobs in all namespaces". */
export function apiError(doing: string, status: number, body: string, retryAfter: string | null, nowMs: number): ApiError {
  const parsed = parseStatus(body);
  const seconds = Number(parsed?.details?.retryAfterSeconds);
  const said = parsed?.message !== undefined && parsed.message !== "" ? `: ${clip(parsed.message)}` : "";
  const reason = typeof parsed?.reason === "string" && /^\w{1,100}$/.test(parsed.reason) ? parsed.reason : "";
  return new ApiError(`Cannot ${doing}: server answered ${[status, reason].filter(Boolean).join(" ")}${said}`, {
    status,
    reason,
    retryAfterMs: retryAfterMs(retryAfter, nowMs) ?? (seconds > 0 ? Math.min(seconds * 1000, 300_000) : undefined),
  });
}

/** The ERROR event of a watch: a Status inside a 200 stream. */
export function statusError(doing: string, status: Status): ApiError {
  const code = typeof status.code === "number" && status.code > 0 ? status.code : 500;
  return apiError(doing, code, JSON.stringify({ ...status, kind: "Status" }), null, 0);
}

/** The version is no longer in the server's history: HTTP 410 on a watch, on a list page, or an ERROR event. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && error.expired;
}

function parseStatus(body: string): Status | undefined {
  if (!body.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(body) as Status;
    return value.kind === "Status" && typeof (value.message ?? "") === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Ends between words: of a secret that a server quotes back, half would not be recognised as one. */
function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MESSAGE_MAX ? `${line.slice(0, MESSAGE_MAX + 1).replace(/\S+$/, "").trim()} …`.trim() : line;
}
