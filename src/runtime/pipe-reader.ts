// Whether anybody still reads a pipe that we write to. A write would tell (EPIPE), but a quiet program does not write,
// and whoever took what he wanted (`… | grep -m1`) would wait for us for ever.

import { fstatSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import type { Host } from "./runtime.ts";

const LOOK_EVERY_MS = 500;

/**
 * Resolves once the pipe at `fd` has no reader any more; rejects with the signal's reason. Where that cannot be seen (no
 * pipe, a host without the means) it ends with the signal: the next write has to tell.
 */
export async function readerGone(fd: number, host: Pick<Host, "isOrphaned">, clock: Clock, signal: AbortSignal): Promise<void> {
  const visible = host.isOrphaned !== undefined && isPipe(fd);
  for (;;) {
    await clock.sleep(visible ? LOOK_EVERY_MS : Number.POSITIVE_INFINITY, signal);
    if (host.isOrphaned?.(fd)) return;
  }
}

/** Some programs give their children one end of a socket pair instead. */
function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
