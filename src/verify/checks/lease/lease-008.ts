// Who has lost a job cannot write to it.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { claimedBy, ownerOf, withStatus } from "../../objects.ts";

export const LEASE_008: Check = {
  id: "LEASE-008",
  claim: "after another worker has taken a job, the renewal, the result and the deletion of its old owner are refused",
  matters: "a worker that was cut off for a while ends the job of the one that took over, or takes it back",
  advice: "give every controller --claim-settle=2s, and update Grafana to 2025-10 or later",
  severity: "danger",
  source: "4.4 Lease; 4.7 Expired leases",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "old owners write to jobs that others have" } },
  async run(at) {
    const [old, heir] = [at.name("old"), at.name("heir")];
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const held = ok(await at.put(path, claimedBy(made, old, at.clock.now())));
    const taken = ok(await at.put(path, claimedBy(held, heir, at.clock.now())));
    refused(await at.put(path, claimedBy(held, old, at.clock.now())), 409, "Conflict");
    refused(await at.put(path, withStatus(held, { state: "success" })), 409, "Conflict");
    const { uid, resourceVersion } = held.metadata;
    refused(await at.del(path, { preconditions: { uid, resourceVersion } }), 409, "Conflict");
    const seen = ok(await at.get(path));
    same(
      [ownerOf(seen), seen.metadata.resourceVersion],
      [heir, taken.metadata.resourceVersion],
      "owner and version after what the old owner tried",
    );
  },
};
