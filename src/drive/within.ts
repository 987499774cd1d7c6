// A time limit for one request. The hosts know none that fits a lease.

import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { NetworkError } from "../base/errors.ts";

/** Calls with a signal that is aborted with `signal`, or with a NetworkError after `ms`. */
export async function within<T>(ms: number, clock: Pick<Clock, "sleep">, signal: AbortSignal, use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const over = new AbortController();
  const overdue = () => limit.abort(new NetworkError(`No answer within ${formatDuration(Math.round(ms))}`, "timeout"));
  clock.sleep(ms, over.signal).then(overdue, () => undefined);
  try {
    return await use(AbortSignal.any([signal, limit.signal]));
  } finally {
    over.abort();
  }
}
