// What an error of a call on one object means to whoever wrote: one word for each decision.

import { ApiError, AppError } from "../base/errors.ts";
import { isConflict, isGone, isUnsent } from "../kube/status.ts";

/**
 * `conflict`: another version, uid or owner of the name, or the echo of a write that was carried out. `gone`: no such object.
 * `refused`: the server takes no such object, so it will not be better next time. `denied`: it did not look at it; worth another
 * try. `unsent`: it never left this process. `unknown`: no answer that says anything. Only `unsent` proves that nothing was
 * carried out: any answer may be that to the echo of a write that was (kube/api-objects.ts).
 */
export type WriteFailure = "conflict" | "gone" | "refused" | "denied" | "unsent" | "unknown";

/** The server says what is wrong with the request itself: malformed, too large, of a wrong type, invalid. */
const FAULTS_OF_OURS = [400, 405, 413, 415, 422];
/** It did not look at the request: no or not enough rights, too many requests, no such path. */
const NOT_LOOKED_AT = [401, 403, 404, 429];

/** A right lacks, or something that guards the server is against it. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

/** @throws what is no AppError: a bug, or the reason of a signal that is none */
export function writeFailure(error: unknown): WriteFailure {
  if (!(error instanceof AppError)) throw error;
  if (isConflict(error)) return "conflict";
  if (isGone(error)) return "gone";
  if (isUnsent(error)) return "unsent";
  if (!(error instanceof ApiError)) return "unknown";
  if (FAULTS_OF_OURS.includes(error.status)) return "refused";
  return NOT_LOOKED_AT.includes(error.status) ? "denied" : "unknown";
}
