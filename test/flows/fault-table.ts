// Prints which counter of the controller each fault moves: bun test/flows/fault-table.ts [part of a fault]

import process from "node:process";
import { renderJudged, ROWS, runRows } from "./fault-counters.ts";

const rows = ROWS.filter(({ fault }) => fault.includes(process.argv[2] ?? ""));
for (const line of renderJudged(await Promise.all(runRows(rows).values()))) console.log(line);
process.exit(0);
