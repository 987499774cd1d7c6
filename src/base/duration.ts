// Go durations, as time.ParseDuration reads and Duration.String prints them.

const UNIT_NS: Record<string, number> = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const MAX_NS = 2n ** 63n;

/** Parses `1h30m`, `-1.5s`, `300ms`, `0`; milliseconds (fractional below 1 ms). Undefined if it is not a Go duration. */
export function parseDuration(text: string): number | undefined {
  const sign = /^[+-]/.test(text) ? text[0] : "";
  const body = text.slice(sign === "" ? 0 : 1);
  if (body === "0") return 0;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const unitNs = BigInt(UNIT_NS[unit] ?? 0);
    total += BigInt(whole || "0") * unitNs;
    if (fraction !== "") total += (BigInt(fraction) * unitNs) / 10n ** BigInt(fraction.length);
  }
  if (total > MAX_NS || (total === MAX_NS && sign !== "-")) return undefined;
  // Read as decimal text, as a bigint's nanoseconds leave the range of exact numbers after 104 days.
  const ms = Number(`${total}e-6`);
  if (ms === 0) return 0;
  return sign === "-" ? -ms : ms;
}

/** Prints milliseconds as Go does: `0s`, `300ms`, `1.5s`, `15m0s`, `24h0m0s`. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  const ns = nanoseconds(Math.abs(ms));
  if (ns === 0n) return "0s";
  if (ns < 1_000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 1_000n)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 1_000_000n)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Whole milliseconds apart from the rest: their product with 1e6 leaves the range of exact numbers after 104 days. */
function nanoseconds(ms: number): bigint {
  const whole = Math.trunc(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(rest).padStart(String(unit).length - 1, "0").replace(/0+$/, "");
  return `${value / unit}.${digits}`;
}
