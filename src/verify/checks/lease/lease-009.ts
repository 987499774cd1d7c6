// Leases that are over can be found.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { listed, words } from "../../own.ts";
import { LABEL_CLAIM } from "../../../provisioning.ts";

export const LEASE_009: Check = {
  id: "LEASE-009",
  claim: "a list of the jobs that were claimed before a time has those and no others",
  matters: "jobs of workers that are gone are never taken up, or those of workers that are alive are ended",
  advice: "do not run workers against it",
  severity: "danger",
  source: "4.7 Expired leases; 6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "expired claims are not found, or live ones are ended" } },
  async run(at) {
    const now = Math.round(at.clock.now());
    await at.job("older", { metadata: { labels: { [LABEL_CLAIM]: String(now) } } });
    await at.job("newer", { metadata: { labels: { [LABEL_CLAIM]: String(now + 1_000) } } });
    const before = async (ms: number) =>
      words(at, await listed(at, `jobs?labelSelector=${encodeURIComponent(`${LABEL_CLAIM}<${ms}`)}`)).sort();
    same(await before(now), [], "jobs that were claimed before the older one");
    same(await before(now + 1), ["older"], "jobs that were claimed before a time between both");
    same(await before(now + 1_001), ["newer", "older"], "jobs that were claimed before a time after both");
  },
};
