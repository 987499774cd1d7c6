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
