// A job that is given back has no owner.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { claimedBy, givenBack } from "../../objects.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../../provisioning.ts";

export const LEASE_005: Check = {
  id: "LEASE-005",
  claim: "a PUT without the claim's labels gives a job back: they are gone, and its state is pending",
  matters: "a job whose worker stops is not taken up by another, but ends in error when its lease is over",
  advice: "give workers time to finish with --shutdown-timeout, and repair the server",
  severity: "trouble",
  source: "4.5 Rollback",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that are given back are not taken up again" } },
  async run(at) {
    const made = await at.job("a", { metadata: { labels: { mark: "m" } }, status: { state: "working" } });
    const path = `jobs/${made.metadata.name}`;
    const claimed = ok(await at.put(path, claimedBy(made, at.name("owner"), at.clock.now())));
    const { metadata: { labels = {} }, status } = ok(await at.put(path, givenBack(claimed)));
    same(
      [labels[LABEL_CLAIM], labels[LABEL_CLAIM_OWNER], status["state"]],
      [undefined, undefined, "pending"],
      "claim, claim-owner and state after it was given back",
    );
    same(labels["mark"], "m", "another label of it");
    const seen = await at.get(path);
    // By then a worker of the server's own may have it, or be done with it.
    if (seen.status === 200) {
      expect(seen.json.metadata.labels?.[LABEL_CLAIM] !== claimed.metadata.labels?.[LABEL_CLAIM], "the claim is there again");
    }
  },
};
