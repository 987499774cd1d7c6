// A reaper spares who has just renewed.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { claimedBy } from "../../objects.ts";
import { listed } from "../../own.ts";
import { LABEL_CLAIM } from "../../../provisioning.ts";

export const LEASE_010: Check = {
  id: "LEASE-010",
  claim: "a deletion that names the version of a list is refused once the job was renewed",
  matters: "the reaper ends a job whose worker was late by a moment and works on",
  advice: "raise --lease-expiry on all controllers",
  severity: "danger",
  source: "4.7 Expired leases",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "jobs that were just renewed are reaped" } },
  async run(at) {
    const now = at.clock.now();
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const [found] = await listed(at, `jobs?labelSelector=${encodeURIComponent(`${LABEL_CLAIM}<${Math.round(now) + 60_000}`)}`);
    same(found?.metadata.resourceVersion, made.metadata.resourceVersion, "the version that the list shows");
    const renewed = ok(await at.put(path, claimedBy(made, at.name("owner"), now + 1_000)));
    const { uid, resourceVersion } = made.metadata;
    refused(await at.del(path, { preconditions: { uid, resourceVersion } }), 409, "Conflict");
    same(
      ok(await at.get(path)).metadata.resourceVersion,
      renewed.metadata.resourceVersion,
      "the version of the job that was renewed",
    );
  },
};
