// What controller and guard say to each other, one JSON object a line. Both are the same program: nothing is checked twice.
// Times are ms on the guard's monotonic clock; the controller learns that clock from `atMs`.

import type { Ending } from "./outcome.ts";
import type { WorkerLine } from "./protocol.ts";

/** The hidden first argument that makes this program the guard. */
export const GUARD_WORD = "worker-guard";

export type ToGuard =
  | {
      kind: "start";
      id: number;
      command: readonly [string, ...string[]];
      env: Readonly<Record<string, string>>;
      job: object;
      attempt: number;
      untilMs: number;
    }
  | { kind: "lease"; id: number; untilMs: number }
  | { kind: "cancel"; id: number; reason: string };

export type FromGuard = { atMs: number } & (
  | { kind: "ready" }
  | { kind: "started"; id: number; pid: number }
  | { kind: "said"; id: number; line: WorkerLine }
  | { kind: "ended"; id: number; ending: Ending }
);

/** Longest line between the two, bytes: a job as large as a server keeps one, and its quotes. */
export const WIRE_LINE_MAX = 64 * 1024 * 1024;

export function wireLine(message: ToGuard | FromGuard): string {
  return `${JSON.stringify(message)}\n`;
}

/** The least that is known of another monotonic clock of this machine, whatever time messages take on their way. */
export class RemoteClock {
  #offsetMs = -Infinity;

  /** A message that was written at `theirMs` has just been read. */
  heard(theirMs: number, oursMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs, theirMs - oursMs);
  }

  /** A time of ours on their clock; never later than it really is. */
  theirs(oursMs: number): number {
    return oursMs + this.#offsetMs;
  }
}
