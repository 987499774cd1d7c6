// The checks of NAME, each with what it notices.

import { describe } from "node:test";
import { NAME_FLIPS } from "../../src/self-test/flips/name.ts";
import { NAME } from "../../src/verify/checks/name.ts";
import { provesChecks } from "./ground.ts";

describe("NAME", () => {
  provesChecks(NAME, NAME_FLIPS);
});
