// A lease can be renewed for as long as its owner likes.

import type { Check } from "../../check.ts";
import { brief, expect, ok, refused } from "../../expect.ts";
import { claimedBy } from "../../objects.ts";

const RENEWALS = 5;

export const LEASE_004: Check = {
  id: "LEASE-004",
  claim: "a renewal of the latest version succeeds every time, and one of the version before is refused",
  matters: "workers lose leases that nobody has taken, or keep those that somebody has",
  advice: "look for a second writer of claimed jobs; raise the limits of requests of the server",
  severity: "danger",
  source: "4.4 Lease",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "leases cannot be relied on" } },
  async run(at) {
    const owner = at.name("owner");
    let job = await at.job("a");
    const path = `jobs/${job.metadata.name}`;
    for (let nth = 1; nth <= RENEWALS; nth++) {
      const reply = await at.put(path, claimedBy(job, owner, at.clock.now() + nth));
      expect(reply.status === 200, `renewal ${nth}, made of the answer before, got ${brief(reply)}`);
      const before = job;
      job = ok(reply);
      refused(await at.put(path, claimedBy(before, owner, at.clock.now())), 409, "Conflict");
    }
  },
};
