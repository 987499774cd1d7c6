// What an error of a call on one object means to whoever wrote: one word for each decision.

import { ApiError, AppError } from "../base/errors.ts";
import { isConflict, isGone, isUnsent } from "../kube/status.ts";

/**
 * `conflict`: another version, uid or owner of the name, or the echo of a write that was carried out. `gone`: no such object.
 * `refused`: not carried out, and it will not be better next time. `unsent`: not carried out, worth another try.
 * `unknown`: it may have been.
 */
export type WriteFailure = "conflict" | "gone" | "refused" | "unsent" | "unknown";

/** The server says what is wrong with the request itself: malformed, too large, of a wrong type, invalid. */
const FAULTS_OF_OURS = [400, 405, 413, 415, 422];
/** It did not look at the request: no or not enough rights, too many requests, no such path. */
const NOT_LOOKED_AT = [401, 403, 404, 429];

/** @throws what is no AppError: a bug, or the reason of a signal that is none */
export function writeFailure(error: unknown): WriteFailure {
  if (!(error instanceof AppError)) throw error;
  if (isConflict(error)) return "conflict";
  if (isGone(error)) return "gone";
  if (isUnsent(error)) return "unsent";
  if (!(error instanceof ApiError)) return "unknown";
  if (FAULTS_OF_OURS.includes(error.status)) return "refused";
  return NOT_LOOKED_AT.includes(error.status) ? "unsent" : "unknown";
}
