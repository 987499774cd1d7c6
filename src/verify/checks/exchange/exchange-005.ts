// Tokens live long enough to be kept.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { newToken } from "../../token.ts";

/** Clients keep a token until 15 s before its end. */
const LEAST_S = 60;

export const EXCHANGE_005: Check = {
  id: "EXCHANGE-005",
  claim: "an access token lives for a minute or more",
  matters: "tokens that end within 15 s are not kept: each request waits for the exchange first, and loads it",
  advice: "give tokens ten minutes, the signer's default",
  severity: "trouble",
  source: "1.4 Cache",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const { iat, exp } = (await newToken(at)).claims as Record<string, number>;
    const lifeS = (exp ?? 0) - (iat ?? 0);
    at.observe("life of a token, s", lifeS);
    expect(lifeS >= LEAST_S, `it lives for ${lifeS} s`);
  },
};
