// The checks of TLS, each with what it notices.

import { describe } from "node:test";
import { TLS_FLIPS } from "../../src/self-test/flips/tls.ts";
import { TLS } from "../../src/verify/checks/tls.ts";
import { provesChecks } from "./ground.ts";

describe("TLS", () => provesChecks(TLS, TLS_FLIPS));
