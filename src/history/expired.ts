// Retention arithmetic: a creationTimestamp and the server's time in, whether an object has outlived its retention out.
// Whole seconds on both sides, every doubt in favour of keeping. Knows no clock and no API.

import type { KubeObject } from "../kube/types.ts";

const SECOND = 1_000;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * `metadata.creationTimestamp`, milliseconds since the epoch in whole seconds. Undefined when it is absent, not RFC 3339,
 * or not after the epoch: a zero time is an absent one, and would otherwise give an age of centuries.
 */
export function createdAtMs(object: KubeObject): number | undefined {
  const text = object.metadata?.creationTimestamp;
  if (typeof text !== "string" || !RFC3339.test(text)) return undefined;
  const ms = wholeSeconds(Date.parse(text));
  return ms > 0 ? ms : undefined;
}

/** Age in milliseconds (whole seconds) at `serverTimeMs`; undefined without a usable creationTimestamp. */
export function ageMs(object: KubeObject, serverTimeMs: number): number | undefined {
  const created = createdAtMs(object);
  return created === undefined ? undefined : wholeSeconds(serverTimeMs) - created;
}

/**
 * Whether an age in whole seconds proves that the true age exceeds the retention. Both ends were cut to seconds, so the
 * true age is more than `age` minus one second; the retention is rounded up, and with the strict comparison that makes it
 * never early, and less than two seconds late.
 */
export function expired(age: number | undefined, retentionMs: number): boolean {
  return age !== undefined && age > Math.ceil(retentionMs / SECOND) * SECOND;
}

/** Time from the start of one sweep to the start of the next, ms: a quarter of the retention within 10 s and 10 min. */
export function sweepInterval(retentionMs: number): number {
  return Math.min(Math.max(retentionMs / 4, 10 * SECOND), 600 * SECOND);
}

/** Cuts milliseconds to the whole second before. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}
