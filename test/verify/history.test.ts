// The checks of HISTORY, each with what it notices.

import { describe } from "node:test";
import { HISTORY_FLIPS } from "../../src/self-test/flips/history.ts";
import { HISTORY } from "../../src/verify/checks/history.ts";
import { provesChecks } from "./ground.ts";

describe("HISTORY", () => {
  provesChecks(HISTORY, HISTORY_FLIPS);
});
