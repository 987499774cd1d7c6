// Tokens for somebody else are refused.

import { type Check, Unfit } from "../../check.ts";
import { refused } from "../../expect.ts";
import { ASKED, bearing, exchanged, tokenOf } from "../../token.ts";

export const EXCHANGE_013: Check = {
  id: "EXCHANGE-013",
  claim: "the API refuses a token that is meant for another audience",
  matters: "whatever service gets a token of this program's can use it against the provisioning server",
  advice: "configure the server's allowed audiences",
  severity: "trouble",
  source: "1.6 JWT content; 1.7 Audiences, namespaces, identities",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await exchanged(at, { ...ASKED, audiences: ["elsewhere.example.com"] });
    if (reply.status >= 400) throw new Unfit("the exchange gives this credential no other audience");
    refused(await at.as("nobody").get("jobs?limit=1", bearing(tokenOf(reply))), 401, "Unauthorized");
  },
};
