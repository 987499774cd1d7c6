// The worker `builtin:test`: does nothing for as long as the job says, with progress. Grafana's synthetic action `test`
// says so in spec.test.duration; any other job takes no time at all. src: #128573 in grafana/grafana

import type { Clock } from "../base/clock.ts";
import { parseDuration } from "../base/duration.ts";
import { aborted, failed } from "./outcome.ts";
import type { WorkIo, WorkOrder, WorkResult } from "./worker.ts";

/** Longest duration, as admission has it. */
const LONGEST_MS = 20 * 60_000;
/** Longest time between two looks at the lease, ms. */
const STEP_MS = 1_000;

/** Never rejects; ends at once when the signal is aborted or the lease is over. */
export async function runTest(order: WorkOrder, io: WorkIo, clock: Clock): Promise<WorkResult> {
  const text = durationOf(order.job);
  const durationMs = text === undefined ? 0 : parseDuration(text);
  if (durationMs === undefined || durationMs < 0 || durationMs > LONGEST_MS) {
    return failed(`Cannot work for spec.test.duration ${JSON.stringify(text)}: expected a duration of at most 20m`);
  }
  const ending = new AbortController();
  const stop = () => ending.abort();
  const unlisten = io.lease.onChange(stopIfOver);
  io.signal.addEventListener("abort", stop, { once: true });
  function stopIfOver(): void {
    if (clock.monotonic() >= io.lease.deadlineMs) stop();
  }
  try {
    stopIfOver();
    if (io.signal.aborted) stop();
    const steps = Math.ceil(durationMs / STEP_MS);
    for (let step = 1; step <= steps && !ending.signal.aborted; step++) {
      await clock.sleep(durationMs / steps, ending.signal).catch(() => {});
      stopIfOver();
      if (!ending.signal.aborted) io.progress({ kind: "progress", message: "sleeping", percent: (100 * step) / steps });
    }
    if (io.signal.aborted) return aborted(io.signal.reason instanceof Error ? io.signal.reason.message : String(io.signal.reason));
    if (ending.signal.aborted) return aborted("the lease ended before the work did");
    return { kind: "done", state: "success", errors: [], warnings: [] };
  } finally {
    unlisten();
    io.signal.removeEventListener("abort", stop);
  }
}

function durationOf(job: object): string | undefined {
  const { spec } = job as { spec?: { test?: { duration?: unknown } } };
  const duration = spec?.test?.duration;
  return duration === undefined ? undefined : String(duration);
}
