// The checks of WRITE, each with what it notices.

import { describe } from "node:test";
import { WRITE_FLIPS } from "../../src/self-test/flips/write.ts";
import { WRITE } from "../../src/verify/checks/write.ts";
import { provesChecks } from "./ground.ts";

describe("WRITE", () => {
  provesChecks(WRITE, WRITE_FLIPS);
});
