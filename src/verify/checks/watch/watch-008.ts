// What begins to match comes, what ceases goes.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { briefly, byLabel, LABEL_TRIAL, ownEvent, watching } from "../../own.ts";

export const WATCH_008: Check = {
  id: "WATCH-008",
  claim: "with a selector a job that begins to match is ADDED, one that changes is MODIFIED, and one that ceases to match is DELETED",
  matters: "who watches the jobs that nobody has claimed does not learn that one was claimed, or given back",
  advice: "watch without a selector",
  severity: "trouble",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that are given back can begin late" } },
  async run(at) {
    const { metadata } = await at.job("a", { metadata: { labels: { [LABEL_TRIAL]: "no" } } });
    const watch = await watching(at, metadata.resourceVersion, `&${byLabel(`${LABEL_TRIAL}=yes`)}`);
    const steps = [{ labels: { [LABEL_TRIAL]: "yes" } }, { annotations: { trial: "1" } }, { labels: { [LABEL_TRIAL]: "no" } }, {
      labels: { [LABEL_TRIAL]: "yes" },
    }];
    for (const step of steps) ok(await at.patch(`jobs/${metadata.name}`, { metadata: step }));
    const events = [];
    for (const _ of steps) events.push(await ownEvent(at, watch));
    same(briefly(at, events), ["ADDED a", "MODIFIED a", "DELETED a", "ADDED a"], "events");
  },
};
