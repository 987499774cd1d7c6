// A time limit for requests. The hosts know none that fits a lease, and their timers may be late.

import { after, type Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { NetworkError } from "../base/errors.ts";

/**
 * Calls with a signal that is aborted with `signal`, or with a NetworkError after `ms`. `onSend`: to be called ahead of each
 * sending, as the calls of kube/api-objects.ts do; it looks at the clock, so that nothing is sent too late.
 */
export async function within<T>(
  ms: number,
  clock: Pick<Clock, "sleep" | "monotonic">,
  signal: AbortSignal,
  use: (signal: AbortSignal, onSend: () => void) => Promise<T>,
): Promise<T> {
  const untilMs = clock.monotonic() + ms;
  const limit = new AbortController();
  const overdue = () => limit.abort(new NetworkError(`No answer within ${formatDuration(Math.max(0, Math.round(ms)))}`, "timeout"));
  const done = after(clock, ms, overdue);
  try {
    return await use(AbortSignal.any([signal, limit.signal]), () => clock.monotonic() >= untilMs && overdue());
  } finally {
    done();
  }
}
