// Claim: with 100,000 Jobs synced we hold at most a fifth of what the rival holds resident, an eighth of its private dirty memory.

import type { Claim } from "./harness/claim.ts";
import { grouped } from "./harness/scale.ts";
import { compared } from "./harness/stage.ts";
import { syncsOf } from "./harness/syncs.ts";

export const memory: Claim = {
  name: "memory",
  title: "Memory beside many Jobs",
  how: "Read some seconds after the last line of the first list.",
  async measure(stage) {
    const { many } = stage.scale;
    const series = await syncsOf(stage, many);
    const beside = `, ${grouped(many)} Jobs synced, MB`;
    return [
      { what: `resident${beside}`, ...compared(series, ({ rested }) => rested.residentMB), target: { measure: "to rival", atMost: 0.2 } },
      { what: `private dirty${beside}`, ...compared(series, ({ rested }) => rested.dirtyMB), target: { measure: "to rival", atMost: 0.12 } },
      { what: `peak resident${beside}`, ...compared(series, ({ rested }) => rested.peakMB) },
    ];
  },
};
