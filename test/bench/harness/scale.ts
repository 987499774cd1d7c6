// How much is measured: sizes, rounds and lengths. `FULL` is what the claims are about.

export interface Scale {
  /** Jobs, or HistoricJobs, of claims about many. */
  many: number;
  /** Jobs of the claim about what the original was measured with. */
  some: number;
  /** Sizes over which costs are compared, each ten times the one before; the last is `many`. */
  growth: readonly number[];
  expired: number;
  /** Runs of each subject; single requests and short runs have their own. */
  rounds: number;
  /** Time between the last line and the look at the memory, s. */
  restSeconds: number;
  /** Length of a stream of events, s. */
  streamSeconds: number;
  /** Interval of the lists that verify, s, and how many of them are looked at. */
  verifyEverySeconds: number;
  verifyLists: number;
  /** Jobs that are got done in one run. */
  driven: number;
}

export const FULL: Scale = {
  many: 100_000,
  some: 29_360,
  growth: [1_000, 10_000, 100_000],
  expired: 10_000,
  rounds: 3,
  restSeconds: 5,
  streamSeconds: 10,
  verifyEverySeconds: 60,
  verifyLists: 1,
  driven: 500,
};

/** Whether everything works, and no more: the figures are about other sizes than the claims. */
export const QUICK: Scale = {
  many: 10_000,
  some: 3_000,
  growth: [100, 1_000, 10_000],
  expired: 1_000,
  rounds: 1,
  restSeconds: 2,
  streamSeconds: 3,
  verifyEverySeconds: 5,
  verifyLists: 1,
  driven: 100,
};

/** `count` as people write it: 100,000. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
