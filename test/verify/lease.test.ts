// The checks of LEASE, each with what it notices.

import { describe } from "node:test";
import { LEASE_FLIPS } from "../../src/self-test/flips/lease.ts";
import { LEASE } from "../../src/verify/checks/lease.ts";
import { provesChecks } from "./ground.ts";

describe("LEASE", () => {
  provesChecks(LEASE, LEASE_FLIPS);
});
