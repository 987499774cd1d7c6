// Claim: a line comes at most 1 ms later than from a bare reader of the same watch in the middle, and 1.2 times as late at the 99th percentile.

import type { Claim } from "./harness/claim.ts";
import type { Figure } from "./harness/figure.ts";
import { compared } from "./harness/stage.ts";
import { quantile } from "./harness/statistics.ts";
import { type Pair, paired, streamsOf } from "./harness/streams.ts";

type Series = ReadonlyMap<string, readonly Pair[]>;

export const latency: Claim = {
  name: "latency",
  title: "Create to line",
  how:
    "From the sending of each create to its line, creates coming at a steady rate; the quantile of each run. Beside each subject a raw " +
    "reader watches the same creates, so that what the server is late with is late for both.",
  async measure(stage) {
    const { rounds } = stage.scale;
    const quick = await streamsOf(stage, 100, rounds);
    const slow = await streamsOf(stage, 1, Math.min(rounds, 2));
    return [
      ...median("1/s", slow),
      ...median("100/s", quick),
      { what: "p99 at 100/s, ms", ...paired(quick, ({ lagsMs }) => quantile(lagsMs, 0.99)) },
      {
        what: "p99 over that of the reader beside",
        ...compared(quick, ({ subject, reader }) => quantile(subject.lagsMs, 0.99) / quantile(reader.lagsMs, 0.99)),
        target: { measure: "figure", atMost: 1.2 },
      },
    ];
  },
};

function median(rate: string, series: Series): Figure[] {
  const p50 = (lagsMs: readonly number[]) => quantile(lagsMs, 0.5);
  return [
    { what: `p50 at ${rate}, ms`, ...paired(series, ({ lagsMs }) => p50(lagsMs)) },
    {
      what: `p50 at ${rate} beyond that of the reader beside, ms`,
      ...compared(series, ({ subject, reader }) => p50(subject.lagsMs) - p50(reader.lagsMs)),
      target: { measure: "figure", atMost: 1 },
    },
  ];
}
