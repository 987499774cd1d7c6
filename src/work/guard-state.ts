// When a worker's process group gets which signal. Pure: facts and times (ms on the guard's own monotonic clock) in,
// signals out; knows no process.
//
// | fact                                  | SIGTERM after | SIGKILL after            |
// |---------------------------------------|---------------|--------------------------|
// | cancel                                | CANCEL_MS     | CANCEL_MS + TERM_MS      |
// | result given, but the worker stays    | LINGER_MS     | LINGER_MS + TERM_MS      |
// | nobody is there to renew (controller) | at once       | TERM_MS                  |
// | the worker itself has ended           | -             | at once: what it left    |
// | lease over                            | -             | at once, whatever else   |
// Of several facts the earliest time counts.

/** For a worker that reads `cancel`, ms. */
export const CANCEL_MS = 2_000;
/** Between SIGTERM and SIGKILL, ms. */
export const TERM_MS = 5_000;
/** For a worker that has given its result to end by itself, ms. */
export const LINGER_MS = 5_000;

/** Why a worker was stopped before it ended by itself. */
export type StopCause = "cancel" | "linger" | "controller" | "lease";

export interface Hold {
  readonly deadlineMs: number;
  readonly termAtMs: number;
  readonly killAtMs: number;
  readonly termed: boolean;
  readonly killed: boolean;
  /** The first that came. */
  readonly cause: StopCause | undefined;
}

export type GroupSignal = "SIGTERM" | "SIGKILL";

/** A group that may run until its lease is over. */
export function holdUntil(deadlineMs: number): Hold {
  return { deadlineMs, termAtMs: Infinity, killAtMs: Infinity, termed: false, killed: false, cause: undefined };
}

/** The deadline of a renewal; an earlier one than before counts too. */
export function renewed(hold: Hold, deadlineMs: number): Hold {
  return { ...hold, deadlineMs };
}

export function cancelled(hold: Hold, nowMs: number): Hold {
  return stopping(hold, "cancel", nowMs + CANCEL_MS);
}

export function reported(hold: Hold, nowMs: number): Hold {
  return stopping(hold, "linger", nowMs + LINGER_MS);
}

export function orphaned(hold: Hold, nowMs: number): Hold {
  return stopping(hold, "controller", nowMs);
}

function stopping(hold: Hold, cause: StopCause, termAtMs: number): Hold {
  return {
    ...hold,
    cause: hold.cause ?? cause,
    termAtMs: Math.min(hold.termAtMs, termAtMs),
    killAtMs: Math.min(hold.killAtMs, termAtMs + TERM_MS),
  };
}

/** The worker has ended; what is left of its group has no business any more. */
export function leaderless(hold: Hold, nowMs: number): Hold {
  return { ...hold, killAtMs: Math.min(hold.killAtMs, nowMs) };
}

/** The signal that is due, if one is. */
export function due(hold: Hold, nowMs: number): { hold: Hold; signal: GroupSignal | undefined } {
  if (!hold.killed && nowMs >= Math.min(hold.killAtMs, hold.deadlineMs)) {
    const cause = hold.cause ?? (nowMs >= hold.deadlineMs && nowMs < hold.killAtMs ? "lease" : undefined);
    return { hold: { ...hold, killed: true, termed: true, cause }, signal: "SIGKILL" };
  }
  if (!hold.termed && nowMs >= hold.termAtMs) return { hold: { ...hold, termed: true }, signal: "SIGTERM" };
  return { hold, signal: undefined };
}

/** When to look again; Infinity if only a fact can change anything. */
export function nextMs(hold: Hold): number {
  if (hold.killed) return Infinity;
  return Math.min(hold.deadlineMs, hold.killAtMs, hold.termed ? Infinity : hold.termAtMs);
}
