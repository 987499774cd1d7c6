// Claim: from start to synced and announced we take at most 0.8, 0.7 and 0.6 of the rival's time with 0, 29,360 and 100,000 Jobs.

import type { Claim } from "./harness/claim.ts";
import { grouped } from "./harness/scale.ts";
import { compared } from "./harness/stage.ts";
import { syncsOf } from "./harness/syncs.ts";

export const start: Claim = {
  name: "start",
  title: "Start to synced and announced",
  how:
    "From the start of the process to `jobs controller started` and the last of all lines, as the measuring program reads them. The raw " +
    "reader asks no exchange for a token.",
  async measure(stage) {
    const { some, many } = stage.scale;
    const figure = async (jobs: number, atMost: number) => ({
      what: `${grouped(jobs)} Jobs, ms`,
      ...compared(await syncsOf(stage, jobs), ({ syncedMs }) => syncedMs),
      target: { measure: "to rival", atMost } as const,
    });
    return [await figure(0, 0.8), await figure(some, 0.7), await figure(many, 0.6)];
  },
};
