// The certificate does not end soon.

import { type Check, Unfit } from "../../check.ts";
import { expect } from "../../expect.ts";

const DAY_MS = 86_400_000;
const LEAST_DAYS = 7;

export const TLS_002: Check = {
  id: "TLS-002",
  claim: "the server's certificate is good now and for a week to come",
  matters: "at its end every client stops at once",
  advice: "renew it, and have that done by a machine",
  severity: "trouble",
  source: "RFC 5280 4.1.2.5",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["tls"],
  breaks: {
    run: { then: "limited", words: "the server's certificate ends within a week" },
    prune: { then: "limited", words: "the server's certificate ends within a week" },
    drive: { then: "limited", words: "the server's certificate ends within a week" },
  },
  async run(at) {
    const shown = await at.tls.look();
    if (shown === undefined) throw new Unfit("the server's certificate was not seen");
    const nowMs = at.clock.now();
    const days = (ms: number) => `${Math.round(ms / DAY_MS)} days`;
    expect(shown.notBeforeMs <= nowMs, `it begins in ${days(shown.notBeforeMs - nowMs)}`);
    expect(shown.notAfterMs > nowMs, `it ended ${days(nowMs - shown.notAfterMs)} ago`);
    expect(shown.notAfterMs >= nowMs + LEAST_DAYS * DAY_MS, `it ends in ${days(shown.notAfterMs - nowMs)}`);
  },
};
