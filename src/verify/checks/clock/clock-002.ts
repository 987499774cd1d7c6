// The server's clock is right.

import type { Check } from "../../check.ts";
import { dateOf } from "../../date.ts";
import { expect } from "../../expect.ts";

/** A sixth of the shortest lease in the field. */
const LIMIT_MS = 5_000;

export const CLOCK_002: Check = {
  id: "CLOCK-002",
  claim: "the server's clock is within 5 s of this machine's",
  matters: "claims of others look as if they had ended: a third of a lease, 10 s, is enough for that",
  advice: "set the clocks of both machines by NTP",
  severity: "danger",
  source: "4.4 Lease; 4.7 Expired leases",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {
    drive: { then: "limited", words: "set the clocks right: leases may be taken for ended" },
    prune: { then: "limited", words: "records may be deleted too early or too late" },
  },
  async run(at) {
    const sentMs = at.clock.now();
    const dateMs = dateOf(await at.get("jobs?limit=1"));
    const gotMs = at.clock.now();
    // A Date is cut to whole seconds.
    const aheadMs = dateMs > gotMs ? dateMs - gotMs : Math.min(0, dateMs + 1_000 - sentMs);
    expect(Math.abs(aheadMs) <= LIMIT_MS, `it is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? "ahead" : "behind"}`);
  },
};
