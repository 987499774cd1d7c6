// The exchange is quick enough.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { newToken } from "../../token.ts";

/** Grafana's own clients give up an attempt after 5 s. */
const LIMIT_MS = 3_000;
/** Whoever is throttled, or unlucky, tries again. */
const ATTEMPTS = 3;

export const EXCHANGE_014: Check = {
  id: "EXCHANGE-014",
  claim: "the exchange answers within 3 s",
  matters: "requests wait for it whenever a token ends, and Grafana's own clients give up",
  advice: "give the exchange more resources, or bring it nearer",
  severity: "trouble",
  source: "1.3 Retry and transport",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: { run: { then: "limited", words: "requests can wait for the token exchange" } },
  async run(at) {
    const times: number[] = [];
    while (times.length < ATTEMPTS) {
      const startedMs = at.clock.monotonic();
      await newToken(at);
      times.push(Math.round(at.clock.monotonic() - startedMs));
      if (Math.min(...times) < LIMIT_MS) return at.observeMs("quickest answer", Math.min(...times));
    }
    expect(false, `the quickest of ${ATTEMPTS} answers took ${Math.min(...times)} ms`);
  },
};
