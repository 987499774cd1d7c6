// An answer that is not success to an ApiError; the one place that reads a Status. Bodies are not trusted:
// anything may come from a proxy in between.

import { ApiError, ConfigError, NetworkError, TokenError } from "../base/errors.ts";
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
    object: typeof parsed?.details?.name === "string" ? parsed.details.name : "",
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

/** HTTP 409: another version, another uid, or a name that is taken. It may answer the echo of a write of ours that was carried out. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

// src: k8s.io/apimachinery pkg/api/errors and k8s.io/apiserver pkg/endpoints, for a path that is not served.
const NO_SUCH_PATH = /could not find the requested resource$/;
// src: pkg/storage/unified/apistore/store.go in grafana/grafana before #129212 (July 2026): PUT to an object that is gone.
const PUT_TO_NOTHING = /resourceVersion should not be set on objects to be created/;

/** There is no such object: a 404 that is about it, or what Grafana says of a PUT to one. Not the 404 of a proxy or of a path that is not served. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 500) return PUT_TO_NOTHING.test(error.message);
  return error.status === 404 && (error.object !== "" || error.reason === "NotFound") && !NO_SUCH_PATH.test(error.message);
}

/** A 404 that is not about an object: the collection or its version is not served, or whoever answered is not the API server. */
export function isUnserved(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && !isGone(error);
}

/**
 * The server has carried nothing out: there was no credential to send it with, or no way out of this process.
 * False of what may have been: its answer was lost, or is one of the server's. "Refused" of a NetworkError is no proof, see api-objects.ts.
 */
export function isUnsent(error: unknown): boolean {
  return error instanceof TokenError || error instanceof ConfigError || (error instanceof NetworkError && error.unsent);
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
