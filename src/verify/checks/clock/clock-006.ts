// Exchange and server agree on the time.

import type { Check } from "../../check.ts";
import { dateOf } from "../../date.ts";
import { expect } from "../../expect.ts";
import { exchanged } from "../../token.ts";

/** Servers allow a minute. */
const LIMIT_MS = 30_000;

export const CLOCK_006: Check = {
  id: "CLOCK-006",
  claim: "the clocks of the token exchange and of the server are within 30 s of each other",
  matters: "new tokens are refused as not yet good, or good ones as expired",
  advice: "set the clocks of both by NTP",
  severity: "trouble",
  source: "1.6 JWT content",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {
    run: { then: "limited", words: "tokens may be refused" },
    prune: { then: "limited", words: "tokens may be refused" },
    drive: { then: "limited", words: "tokens may be refused" },
  },
  async run(at) {
    const [exchange, api] = await Promise.all([exchanged(at), at.get("jobs?limit=1")]);
    const apartMs = dateOf(exchange) - dateOf(api);
    const apartS = Math.round(apartMs / 1_000);
    expect(Math.abs(apartMs) <= LIMIT_MS, `the exchange's is ${Math.abs(apartS)} s ${apartS > 0 ? "ahead" : "behind"}`);
  },
};
