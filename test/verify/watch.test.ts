// The checks of WATCH, each with what it notices.

import { describe } from "node:test";
import { WATCH_FLIPS } from "../../src/self-test/flips/watch.ts";
import { WATCH } from "../../src/verify/checks/watch.ts";
import { provesChecks } from "./ground.ts";

describe("WATCH", () => {
  provesChecks(WATCH, WATCH_FLIPS);
});
