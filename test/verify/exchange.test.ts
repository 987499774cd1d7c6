// The checks of EXCHANGE, each with what it notices.

import { describe } from "node:test";
import { EXCHANGE_FLIPS } from "../../src/self-test/flips/exchange.ts";
import { EXCHANGE } from "../../src/verify/checks/exchange.ts";
import { provesChecks } from "./ground.ts";

describe("EXCHANGE", () => provesChecks(EXCHANGE, EXCHANGE_FLIPS, { speed: 10 }));
