// The checks of CLOCK, each with what it notices.

import { describe } from "node:test";
import { CLOCK_FLIPS } from "../../src/self-test/flips/clock.ts";
import { CLOCK } from "../../src/verify/checks/clock.ts";
import { provesChecks } from "./ground.ts";

describe("CLOCK", () => provesChecks(CLOCK, CLOCK_FLIPS, { speed: 10 }));
