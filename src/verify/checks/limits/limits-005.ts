// Twenty watches are served.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { ownEvent, versionNow, watching } from "../../own.ts";

const WATCHES = 20;

export const LIMITS_005: Check = {
  id: "LIMITS-005",
  claim: "20 watches at the same time all tell of a job",
  matters: "controllers, people and pages that watch crowd each other out, and some hear nothing",
  advice: "raise the limits of connections of the proxy and the server",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "notifications may come late where many watch" } },
  alone: true,
  async run(at) {
    const version = await versionNow(at);
    const watches = await Promise.all(Array.from({ length: WATCHES }, () => watching(at, version)));
    const { metadata } = await at.job("a");
    const seen = await Promise.all(watches.map((watch) => ownEvent(at, watch)));
    same(seen.filter(({ object }) => object.metadata.uid === metadata.uid).length, WATCHES, "watches that told of it");
  },
};
