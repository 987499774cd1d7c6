// What is no JSON is refused.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { exchanged } from "../../token.ts";

export const EXCHANGE_009: Check = {
  id: "EXCHANGE-009",
  claim: "a body that is no JSON is refused with 400",
  matters: "a proxy that spoils bodies looks like an exchange that is down, and is retried for ever",
  advice: "report it to whoever runs the exchange",
  severity: "oddity",
  source: "1.2 Response; 1.3 Retry and transport",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await exchanged(at, "{no JSON");
    expect(reply.status === 400, `expected 400, got ${brief(reply)}`);
  },
};
