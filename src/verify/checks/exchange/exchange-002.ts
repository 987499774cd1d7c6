// Tokens are of the kind that the server accepts.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { newToken } from "../../token.ts";

export const EXCHANGE_002: Check = {
  id: "EXCHANGE-002",
  claim: "an access token is of type at+jwt, signed with ES256, and names its key",
  matters: "clients of Grafana cache no other token, and ask the exchange before each request; its API servers accept no other",
  advice: "set up the signer for ES256 and access tokens",
  severity: "trouble",
  source: "1.6 JWT content",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const { header } = await newToken(at);
    const { alg, typ, kid } = header;
    same([alg, typ, typeof kid === "string" && kid !== ""], ["ES256", "at+jwt", true], "alg, typ and whether there is a kid");
  },
};
