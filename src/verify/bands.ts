// Durations as bands that hold on a busy day, too: a machine that is loaded answers ten times later now and then. Pure.

const LIMITS = [[100, "up to 100ms"], [1_000, "up to 1s"], [10_000, "up to 10s"], [Infinity, "more than 10s"]] as const;
const BANDS: readonly string[] = LIMITS.map(([, band]) => band);

/** The band of a duration, ms. */
export function bandOf(ms: number): string {
  return LIMITS.find(([limit]) => ms <= limit)?.[1] ?? BANDS.at(-1) ?? "";
}

/** Whether one value is as good as the other: the same, or a band beside it, since durations lie on either side of a limit. */
export function alike(a: string, b: string): boolean {
  const [one, other] = [BANDS.indexOf(a), BANDS.indexOf(b)];
  return a === b || (one !== -1 && other !== -1 && Math.abs(one - other) <= 1);
}
