// Time as a value that is passed in. The system's clock is made in runtime/, a manual one in test/support.

export interface Clock {
  /** Wall time, milliseconds since the epoch; may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Resolves after `ms` (any length; zero or less: at once), rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Uniform number in [0, 1), as `Math.random`; passed in so that tests can choose it. */
export type Random = () => number;

/** Calls `act` once `ms` are over; the function that is returned calls it off. */
export function after(clock: Pick<Clock, "sleep">, ms: number, act: () => void): () => void {
  const off = new AbortController();
  clock.sleep(ms, off.signal).then(() => off.signal.aborted || act(), () => undefined);
  return () => off.abort();
}
