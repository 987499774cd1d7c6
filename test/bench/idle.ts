// Claim: beside an empty server we hold at most 48 MB resident, 10 MB of them private and dirty.

import type { Claim } from "./harness/claim.ts";
import { compared } from "./harness/stage.ts";
import { syncsOf } from "./harness/syncs.ts";

export const idle: Claim = {
  name: "idle",
  title: "Idle memory",
  how: "No Job on the server; read some seconds after `jobs controller started`.",
  async measure(stage) {
    const series = await syncsOf(stage, 0);
    return [
      { what: "resident, MB", ...compared(series, ({ rested }) => rested.residentMB), target: { measure: "figure", atMost: 48 } },
      { what: "private dirty, MB", ...compared(series, ({ rested }) => rested.dirtyMB), target: { measure: "figure", atMost: 10 } },
    ];
  },
};
