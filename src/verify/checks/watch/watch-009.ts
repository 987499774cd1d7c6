// What does not match is not seen.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { briefly, byLabel, LABEL_TRIAL, ownEvent, watching } from "../../own.ts";

export const WATCH_009: Check = {
  id: "WATCH-009",
  claim: "a watch with label or field selectors tells of no job that they leave out",
  matters: "clients work on jobs that they did not ask for, and are woken by all traffic",
  advice: "look for a proxy that drops the query",
  severity: "trouble",
  source: "6.3 Selectors; 6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "claimed jobs are looked at as if they were free" } },
  async run(at) {
    const { metadata: { resourceVersion } } = await at.job("first");
    const selected = await watching(at, resourceVersion, `&${byLabel(`${LABEL_TRIAL}>7`)}`);
    const named = await watching(at, resourceVersion, `&fieldSelector=${encodeURIComponent(`metadata.name=${at.name("b")}`)}`);
    await at.job("a", { metadata: { labels: { [LABEL_TRIAL]: "7" } } });
    ok(await at.del(`jobs/${at.name("a")}`));
    await at.job("b", { metadata: { labels: { [LABEL_TRIAL]: "10" } } });
    for (const [watch, what] of [[selected, "label"], [named, "name"]] as const) {
      same(briefly(at, [await ownEvent(at, watch), ...(await watch.during(200))]), ["ADDED b"], `events of the watch by ${what}`);
    }
  },
};
