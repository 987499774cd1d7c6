// The checks of LIST, each with what it notices.

import { describe } from "node:test";
import { LIST } from "../../src/verify/checks/list.ts";
import { LIST_001 } from "../../src/verify/checks/list/list-001.ts";
import { provesChecks } from "./ground.ts";

describe("LIST", () => {
  provesChecks(LIST, [[LIST_001, { fault: "wrong-continue:dropped" }, { fault: "wrong-continue:repeat" }]]);
});
