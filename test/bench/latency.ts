// Claim: a line comes at most 1 ms later than from a bare reader of the same watch in the middle, and 1.2 times as late at the 99th percentile.

import type { Claim } from "./harness/claim.ts";
import { compared } from "./harness/stage.ts";
import { quantile } from "./harness/statistics.ts";
import { streamsOf } from "./harness/streams.ts";

export const latency: Claim = {
  name: "latency",
  title: "Create to line",
  how: "From the sending of each create to its line, creates coming at a steady rate; the quantile of each run.",
  async measure(stage) {
    const { rounds } = stage.scale;
    const quick = await streamsOf(stage, 100, rounds);
    const slow = await streamsOf(stage, 1, Math.min(rounds, 2));
    return [
      { what: "p50 at 1/s, ms", ...compared(slow, ({ lagsMs }) => quantile(lagsMs, 0.5)), target: { measure: "beyond limit", atMost: 1 } },
      { what: "p50 at 100/s, ms", ...compared(quick, ({ lagsMs }) => quantile(lagsMs, 0.5)), target: { measure: "beyond limit", atMost: 1 } },
      { what: "p99 at 100/s, ms", ...compared(quick, ({ lagsMs }) => quantile(lagsMs, 0.99)), target: { measure: "to limit", atMost: 1.2 } },
    ];
  },
};
