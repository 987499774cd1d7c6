// All claims, in the order in which they are measured: those beside an empty server first.

import { devserver } from "./devserver.ts";
import { drive } from "./drive.ts";
import { events } from "./events.ts";
import { growth } from "./growth.ts";
import type { Claim } from "./harness/claim.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { prune } from "./prune.ts";
import { size } from "./size.ts";
import { start } from "./start.ts";
import { syncCpu } from "./sync-cpu.ts";
import { verifying } from "./verifying.ts";

export const CLAIMS: readonly Claim[] = [
  size, idle, drive, latency, events, prune, start, memory, syncCpu, verifying, growth, history, devserver,
];
