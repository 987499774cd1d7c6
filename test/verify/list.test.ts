// The checks of LIST, each with what it notices.

import { describe } from "node:test";
import { LIST_FLIPS } from "../../src/self-test/flips/list.ts";
import { LIST } from "../../src/verify/checks/list.ts";
import { provesChecks } from "./ground.ts";

describe("LIST", () => {
  provesChecks(LIST, LIST_FLIPS);
});
