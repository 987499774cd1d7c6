// A request without a namespace is refused.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { ASKED, exchanged } from "../../token.ts";

export const EXCHANGE_008: Check = {
  id: "EXCHANGE-008",
  claim: "a request without namespace, or without audiences, is refused with 400",
  matters: "a client that asks for too little gets a token of unknown reach",
  advice: "report it to whoever runs the exchange",
  severity: "oddity",
  source: "1.1 Exchange request",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    for (const missing of ["namespace", "audiences"]) {
      const reply = await exchanged(at, { ...ASKED, [missing]: undefined });
      expect(reply.status === 400, `without ${missing}: expected 400, got ${brief(reply)}`);
    }
  },
};
