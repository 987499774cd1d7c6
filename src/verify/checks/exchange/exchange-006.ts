// A wrong credential gets no token.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { ASKED } from "../../token.ts";

const WRONG = "NoSuchCredential";

export const EXCHANGE_006: Check = {
  id: "EXCHANGE-006",
  claim: "a wrong credential is refused with 401, in words that do not repeat it",
  matters: "whoever reaches the exchange can act as the controller; or secrets come into logs by way of error messages",
  advice: "take the exchange off the network until it is repaired",
  severity: "danger",
  source: "1.2 Response",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await at.exchange.wire.request("POST", "", ASKED, { authorization: `Bearer ${WRONG}` });
    expect(reply.status === 401, `expected 401, got ${brief(reply)}`);
    expect(!reply.text.includes(WRONG), "the refusal repeats the credential");
  },
};
