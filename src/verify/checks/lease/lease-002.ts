// A job can be claimed once.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { claimedBy, ownerOf } from "../../objects.ts";

export const LEASE_002: Check = {
  id: "LEASE-002",
  claim: "a claim that is made of the version before another claim is refused with 409 Conflict",
  matters: "a worker that was slower takes the job from the one that works on it, and both do the work",
  advice: "give every controller --claim-settle=2s, and update Grafana to 2025-10 or later",
  severity: "danger",
  source: "4.3 Claiming; 6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "two workers can own one job" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const [first, second] = [at.name("first"), at.name("second")];
    ok(await at.put(path, claimedBy(made, first, at.clock.now())));
    refused(await at.put(path, claimedBy(made, second, at.clock.now())), 409, "Conflict");
    same(ownerOf(ok(await at.get(path))), first, "the owner after the second claim");
  },
};
