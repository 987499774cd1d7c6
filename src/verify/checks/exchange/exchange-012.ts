// New tokens are accepted, and old ones stay good.

import type { Check } from "../../check.ts";
import { ok } from "../../expect.ts";
import { bearing, newToken } from "../../token.ts";

export const EXCHANGE_012: Check = {
  id: "EXCHANGE-012",
  claim: "the API accepts a new token, and the one before it still",
  matters: "requests that are under way fail with 401 whenever a token is renewed, or all do",
  advice: "look whether the server reads the key set of this exchange, and all replicas of it",
  severity: "danger",
  source: "1.5 Sending the token; 1.6 JWT content",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {
    run: { then: "no", words: "new tokens are refused" },
    prune: { then: "no", words: "new tokens are refused" },
    drive: { then: "no", words: "new tokens are refused" },
  },
  async run(at) {
    const tokens = [await newToken(at), await newToken(at)];
    for (const token of tokens.toReversed()) ok(await at.as("nobody").get("jobs?limit=1", bearing(token)));
  },
};
