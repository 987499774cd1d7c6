// Numbers of several runs in, the one that stands for them out. Pure.

/** Of an even number the mean of the two in the middle; NaN of nothing, as with quantile. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}

/** Nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** Each round in the order of the one before, turned round: ABBA. What drifts meets all alike. */
export function turns<T>(subjects: readonly T[], rounds: number): T[] {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? subjects : subjects.toReversed())).flat();
}

/** What was measured of each subject, by its name, one entry a round. */
export async function inTurns<S extends { name: string }, M>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S, turn: number) => Promise<M>,
): Promise<Map<string, M[]>> {
  const measured = new Map<string, M[]>(subjects.map(({ name }) => [name, []]));
  for (const [turn, subject] of turns(subjects, rounds).entries()) measured.get(subject.name)?.push(await measure(subject, turn));
  return measured;
}
