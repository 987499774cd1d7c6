// Whether an API server is still starting: until it has read who may do what, it answers 403 to everybody. In: the way to
// it. Out: yes or no. Knows nothing of what was refused.

import type { Clock } from "../base/clock.ts";
import { AppError, NetworkError } from "../base/errors.ts";
import type { Fetch } from "../base/http.ts";

export interface StartingOptions {
  /** Base URL without trailing slash. */
  server: string;
  fetch: Fetch;
  clock: Clock;
}

/** A server that forbids `/readyz`, too, is asked for so long, ms: either it knows nobody yet, or that right was taken away. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 200;

/**
 * Asked after a 403. A server that is ready says so to everybody whom it knows, at once. @throws the reason of `signal`
 * src: ClusterRole system:public-info-viewer of Kubernetes; bound by a hook after the start, as all roles are
 */
export async function isStarting(options: StartingOptions, signal: AbortSignal): Promise<boolean> {
  const { clock } = options;
  const untilMs = clock.monotonic() + PATIENCE_MS;
  for (let asked = 1; ; asked++) {
    const status = await readiness(options, signal);
    if (status === "no answer" || status >= 500) return true;
    if (status !== 403) return status === 200 && asked > 1;
    if (clock.monotonic() >= untilMs) return false;
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function readiness({ server, fetch }: StartingOptions, signal: AbortSignal): Promise<number | "no answer"> {
  try {
    const { body, status } = await fetch(`${server}/readyz`, { signal, headersTimeoutMs: PATIENCE_MS });
    await body?.cancel();
    return status;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NetworkError) return "no answer";
    if (error instanceof AppError) return 0;
    throw error;
  }
}
