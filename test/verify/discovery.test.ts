// The checks of DISCOVERY, each with what it notices.

import { describe } from "node:test";
import { DISCOVERY_FLIPS } from "../../src/self-test/flips/discovery.ts";
import { DISCOVERY } from "../../src/verify/checks/discovery.ts";
import { provesChecks } from "./ground.ts";

describe("DISCOVERY", () => provesChecks(DISCOVERY, DISCOVERY_FLIPS, { speed: 10 }));
