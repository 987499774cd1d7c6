// The checks of WATCH, each with what it notices. Those that wait for long do so on a clock that is quicker.

import { describe } from "node:test";
import { WATCH_FLIPS } from "../../src/self-test/flips/watch.ts";
import type { Check } from "../../src/verify/check.ts";
import { WATCH } from "../../src/verify/checks/watch.ts";
import { provesChecks } from "./ground.ts";

const waits = ({ id }: Check) => ["WATCH-013", "WATCH-015"].includes(id);

describe("WATCH", () => {
  provesChecks(WATCH.filter((check) => !waits(check)), WATCH_FLIPS.filter(([check]) => !waits(check)));
});
describe("WATCH, in a longer time", () => {
  provesChecks(WATCH.filter(waits), WATCH_FLIPS.filter(([check]) => waits(check)), { speed: 10 });
});
