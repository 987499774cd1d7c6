// Refusals say why.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { exchanged } from "../../token.ts";

export const EXCHANGE_010: Check = {
  id: "EXCHANGE-010",
  claim: "a refusal is JSON whose error says why",
  matters: "messages about a refused credential cannot say more than a status",
  advice: "look for a proxy before the exchange that answers in its place",
  severity: "oddity",
  source: "1.2 Response",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const { error } = (await exchanged(at, {})).json;
    expect(typeof error === "string" && error !== "", "the refusal has no error text");
  },
};
