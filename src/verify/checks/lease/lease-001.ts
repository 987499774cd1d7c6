// A claim that was written is there for everybody.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { claimedBy } from "../../objects.ts";
import { listed, words } from "../../own.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../../provisioning.ts";

export const LEASE_001: Check = {
  id: "LEASE-001",
  claim: "a claim and its owner, written as labels, are in the answer, in a GET and in lists by them",
  matters: "workers do not see that a job is taken, and take it too",
  advice: "do not run workers against it",
  severity: "danger",
  source: "4.3 Claiming; 9.5 Claim",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "claims are not seen" } },
  async run(at) {
    const [owner, now] = [at.name("owner"), Math.round(at.clock.now())];
    const made = await at.job("a");
    const claimed = ok(await at.put(`jobs/${made.metadata.name}`, claimedBy(made, owner, now)));
    const seen = ok(await at.get(`jobs/${made.metadata.name}`));
    for (const { metadata: { labels = {} } } of [claimed, seen]) {
      same([labels[LABEL_CLAIM], labels[LABEL_CLAIM_OWNER]], [String(now), owner], "claim and claim-owner");
    }
    const select = async (selector: string) => words(at, await listed(at, `jobs?labelSelector=${encodeURIComponent(selector)}`));
    same(await select(`${LABEL_CLAIM_OWNER}=${owner}`), ["a"], "jobs that are listed as the owner's");
    same(await select(`!${LABEL_CLAIM}`), [], "jobs that are listed as unclaimed");
  },
};
