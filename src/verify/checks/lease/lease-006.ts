// Who waits for unclaimed jobs hears of claims.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { claimedBy, givenBack } from "../../objects.ts";
import { ownEvent, watching } from "../../own.ts";
import { LABEL_CLAIM } from "../../../provisioning.ts";

export const LEASE_006: Check = {
  id: "LEASE-006",
  claim: "a watch of unclaimed jobs tells of a job that is given back as ADDED and of its claim as DELETED",
  matters: "workers do not wake up for jobs that are given back, and keep those that are taken in their queues",
  advice: "lower --resync-interval of controllers with workers",
  severity: "loss",
  source: "6.4 Watch; 4.3 Claiming",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "workers take jobs up as late as --resync-interval" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const watch = await watching(at, made.metadata.resourceVersion, `&labelSelector=${encodeURIComponent(`!${LABEL_CLAIM}`)}`);
    const free = await at.put(path, givenBack(made));
    same(free.status, 200, "the status of giving it back");
    const { type, object } = await ownEvent(at, watch, "a");
    same([type, object.metadata.uid], ["ADDED", made.metadata.uid], "the event of a job that was given back");
    // A worker of the server's own may have been quicker, which comes to the same.
    await at.put(path, claimedBy(free.json, at.name("owner"), at.clock.now()));
    same((await ownEvent(at, watch, "a")).type, "DELETED", "the event of its claim");
  },
};
