// The checks of RIGHTS, each with what it notices.

import { describe } from "node:test";
import { RIGHTS_FLIPS } from "../../src/self-test/flips/rights.ts";
import { RIGHTS } from "../../src/verify/checks/rights.ts";
import { provesChecks } from "./ground.ts";

describe("RIGHTS", () => provesChecks(RIGHTS, RIGHTS_FLIPS));
