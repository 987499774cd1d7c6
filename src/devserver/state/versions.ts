// The store counts its writes in whole numbers; here these become the texts that clients see as resourceVersion, and
// back. Microseconds since the epoch are what the numbers are; a snowflake holds the same instant in 19 digits.

export type VersionFormat = "microseconds" | "snowflake" | "counter";

/** Epoch of the snowflakes of bwmarrin/snowflake, which Grafana's key-value backend uses, ms. */
const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657;
const FIRST_COUNT = 1_000;

/** The version before the first write. `nowMs` = wall clock. */
export function firstVersion(format: VersionFormat, nowMs: number): number {
  return format === "counter" ? FIRST_COUNT : Math.floor(nowMs * 1_000);
}

/** The version of the write after `last`. */
export function nextVersion(format: VersionFormat, last: number, nowMs: number): number {
  return format === "counter" ? last + 1 : Math.max(last + 1, Math.floor(nowMs * 1_000));
}

export function formatVersion(format: VersionFormat, version: number): string {
  if (format !== "snowflake") return String(version);
  const ms = Math.floor(version / 1_000) - SNOWFLAKE_EPOCH_MS;
  return String((BigInt(ms) << 22n) | (BigInt(version % 1_000) << 12n));
}

/** From here on a number is a snowflake: microseconds get there in the year 5138. */
const FIRST_SNOWFLAKE = 10n ** 17n;

/** The version that the text stands for, whatever its format, rounded down if it is between two; undefined for a text that is no number. */
export function parseVersion(text: string): number | undefined {
  if (!/^\d{1,30}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value < FIRST_SNOWFLAKE) return Number(value);
  const ms = Number(value >> 22n) + SNOWFLAKE_EPOCH_MS;
  return ms * 1_000 + Math.min(Number((value >> 12n) & 0x3ffn), 999);
}

/** Whether the text stands for exactly this version, in any format: it may be from before the server changed its own. */
export function isVersion(text: string, version: number): boolean {
  return text === formatVersion("counter", version) || text === formatVersion("snowflake", version);
}
