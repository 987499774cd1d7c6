// The checks of LIMITS, each with what it notices.

import { describe } from "node:test";
import { LIMITS_FLIPS } from "../../src/self-test/flips/limits.ts";
import { LIMITS } from "../../src/verify/checks/limits.ts";
import { provesChecks } from "./ground.ts";

describe("LIMITS", () => provesChecks(LIMITS, LIMITS_FLIPS, { speed: 10 }));
