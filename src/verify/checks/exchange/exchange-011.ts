// Tokens are not to be had by GET.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";

export const EXCHANGE_011: Check = {
  id: "EXCHANGE-011",
  claim: "a GET is answered without a token",
  matters: "tokens come into the logs and caches of proxies, and browsers can be made to fetch them",
  advice: "let the exchange take POST alone",
  severity: "trouble",
  source: "1.1 Exchange request",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const { exchange } = at;
    const { status, text } = await exchange.wire.request("GET", "", undefined, { authorization: await exchange.authorization() });
    expect(status >= 400 && !/eyJ[\w-]+\./.test(text), `a GET was answered with ${status}`);
  },
};
