// Time does not go back.

import type { Check } from "../../check.ts";
import { dateOf } from "../../date.ts";
import { expect } from "../../expect.ts";

const REQUESTS = 20;
/** Between two replicas whose clocks are kept. */
const LIMIT_MS = 2_000;

export const CLOCK_005: Check = {
  id: "CLOCK-005",
  claim: "the Dates of 20 answers, one after the other, do not go back",
  matters: "replicas disagree on the time: one takes for ended what another has just granted",
  advice: "set the clocks of all replicas by NTP",
  severity: "trouble",
  source: "4.4 Lease; RFC 9110 6.6.1",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: [],
  breaks: { drive: { then: "limited", words: "replicas judge leases by different clocks" } },
  limitMs: 60_000,
  async run(at) {
    let latestMs = 0;
    for (let count = 0; count < REQUESTS; count++) {
      const dateMs = dateOf(await at.get("jobs?limit=1"));
      expect(dateMs >= latestMs - LIMIT_MS, `after ${new Date(latestMs).toUTCString()} came ${new Date(dateMs).toUTCString()}`);
      latestMs = Math.max(latestMs, dateMs);
    }
  },
};
