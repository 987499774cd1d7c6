// A good credential gets a token.

import type { Check } from "../../check.ts";
import { newToken } from "../../token.ts";

export const EXCHANGE_001: Check = {
  id: "EXCHANGE-001",
  claim: "the exchange answers a good credential with 200 and a signed token of three parts",
  matters: "no request can be made at all",
  advice: "look into the log of the exchange, and whether --token-exchange-url names its whole path",
  severity: "danger",
  source: "1.2 Response",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {
    run: { then: "no", words: "there are no tokens" },
    prune: { then: "no", words: "there are no tokens" },
    drive: { then: "no", words: "there are no tokens" },
  },
  async run(at) {
    await newToken(at);
  },
};
