// A watch from a list's version tells of what comes after it.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { briefly, ownEvent, versionNow, watching } from "../../own.ts";

export const WATCH_001: Check = {
  id: "WATCH-001",
  claim: "a watch from the version of a list tells of a job that is created after it, once",
  matters: "notifications would come late, at the next verifying list, or twice",
  advice: "lower --resync-interval until it is repaired, and look for a proxy that buffers",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "notifications can be as late as --resync-interval, 60s by default" } },
  async run(at) {
    const watch = await watching(at, await versionNow(at));
    const { metadata } = await at.job("a");
    const createdMs = at.clock.monotonic();
    const { type, object } = await ownEvent(at, watch);
    at.observeMs("event after the creation", at.clock.monotonic() - createdMs);
    const seen = { type, uid: object.metadata.uid, version: object.metadata.resourceVersion };
    same(seen, { type: "ADDED", uid: metadata.uid, version: metadata.resourceVersion }, "the event");
    same(briefly(at, await watch.during(300)), [], "further events of this job");
  },
};
