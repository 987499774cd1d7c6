// Claim: to sync 100,000 Jobs we take at most a quarter of the rival's processor time.

import type { Claim } from "./harness/claim.ts";
import { grouped } from "./harness/scale.ts";
import { compared } from "./harness/stage.ts";
import { syncsOf } from "./harness/syncs.ts";

export const syncCpu: Claim = {
  name: "sync-cpu",
  title: "Processor time of a sync",
  how: "Of user and system, from the start of the process to the last line.",
  async measure(stage) {
    const { many } = stage.scale;
    const series = await syncsOf(stage, many);
    return [{ what: `${grouped(many)} Jobs, s`, ...compared(series, ({ cpuSeconds }) => cpuSeconds), target: { measure: "to rival", atMost: 0.25 } }];
  },
};
