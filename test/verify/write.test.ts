// The checks of WRITE, each with what it notices.

import { describe } from "node:test";
import { WRITE } from "../../src/verify/checks/write.ts";
import { WRITE_001 } from "../../src/verify/checks/write/write-001.ts";
import { provesChecks } from "./ground.ts";

describe("WRITE", () => {
  provesChecks(WRITE, [[WRITE_001, { set: "compare-and-swap=racy" }, { fault: "cas-lies" }]]);
});
