// Tokens are good now.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { newToken } from "../../token.ts";

/** Servers allow a minute; what is more than this is on its way there, s. */
const LEEWAY_S = 10;

export const EXCHANGE_004: Check = {
  id: "EXCHANGE-004",
  claim: "an access token is good from now on, by this machine's clock",
  matters: "tokens are refused as not yet good or as expired, or are asked for before each request",
  advice: "set the clocks of this machine and of the exchange by NTP",
  severity: "trouble",
  source: "1.6 JWT content; 1.4 Cache",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {
    run: { then: "limited", words: "tokens may be refused" },
    prune: { then: "limited", words: "tokens may be refused" },
    drive: { then: "limited", words: "tokens may be refused" },
  },
  async run(at) {
    const { iat, nbf = iat, exp } = (await newToken(at)).claims as Record<string, number | undefined>;
    const nowS = Math.floor(at.clock.now() / 1_000);
    expect(nbf !== undefined && exp !== undefined, "it has no beginning or no end");
    expect(nbf <= nowS + LEEWAY_S, `it is good only in ${nbf - nowS} s`);
    expect(exp > nowS, `it ended ${nowS - exp} s ago`);
  },
};
