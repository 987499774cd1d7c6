// Claim: an event costs at most 0.7 of the rival's processor time.

import type { Claim } from "./harness/claim.ts";
import { paired, streamsOf } from "./harness/streams.ts";

export const events: Claim = {
  name: "events",
  title: "Processor time of events",
  how: "Of user and system, while Jobs are created at 100/s, for each thousand of them.",
  async measure(stage) {
    const series = await streamsOf(stage, 100, stage.scale.rounds);
    return [
      {
        what: "1,000 events at 100/s, s",
        ...paired(series, ({ cpuSeconds, lagsMs }) => (cpuSeconds / lagsMs.length) * 1_000),
        target: { measure: "to rival", atMost: 0.7 },
      },
    ];
  },
};
