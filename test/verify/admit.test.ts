// The checks of ADMIT, each with what it notices.

import { describe } from "node:test";
import { ADMIT_FLIPS } from "../../src/self-test/flips/admit.ts";
import { ADMIT } from "../../src/verify/checks/admit.ts";
import { provesChecks } from "./ground.ts";

describe("ADMIT", () => {
  provesChecks(ADMIT, ADMIT_FLIPS);
});
