// The clock that workers and recorder share: milliseconds since the machine's boot. Linux alone has it as a file.

import { readFileSync } from "node:fs";

const uptimeMs = () => Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1_000);

/** How far `performance.now()` is behind it, ms: read as the file's hundredths tick. */
function offset(): number {
  const before = uptimeMs();
  for (;;) {
    const after = uptimeMs();
    if (after !== before) return after - performance.now();
  }
}

let offsetMs: number | undefined;

export function bootMs(): number {
  offsetMs ??= offset();
  return performance.now() + offsetMs;
}
