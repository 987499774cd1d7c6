// What this process takes from its machine, in the units of Prometheus. Open files are a matter of the host: runtime.ts.

/** When this process started, seconds since the epoch. */
export const STARTED_AT_SECONDS = Date.now() / 1000 - process.uptime();

/** User and system time so far, seconds. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function residentBytes(): number {
  return process.memoryUsage.rss();
}
