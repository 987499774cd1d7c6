// The checks of WATCH, each with what it notices.

import { describe } from "node:test";
import { WATCH } from "../../src/verify/checks/watch.ts";
import { WATCH_001 } from "../../src/verify/checks/watch/watch-001.ts";
import { provesChecks } from "./ground.ts";

describe("WATCH", () => {
  provesChecks(WATCH, [[WATCH_001, { fault: "lose:type=ADDED" }, { fault: "double" }]]);
});
