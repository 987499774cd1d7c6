// No credential gets no token.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { ASKED } from "../../token.ts";

export const EXCHANGE_007: Check = {
  id: "EXCHANGE-007",
  claim: "a request without a credential is refused with 401",
  matters: "whoever reaches the exchange can act as the controller",
  advice: "take the exchange off the network until it is repaired",
  severity: "danger",
  source: "1.2 Response",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await at.exchange.wire.request("POST", "", ASKED);
    expect(reply.status === 401, `expected 401, got ${brief(reply)}`);
  },
};
