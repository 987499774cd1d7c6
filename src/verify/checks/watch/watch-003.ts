// A watch goes on where another ended.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { briefly, ownEvent, touched, watching } from "../../own.ts";

export const WATCH_003: Check = {
  id: "WATCH-003",
  claim: "a watch from the version of the last event that was read tells of what came after it, and of nothing before",
  matters: "each time a connection ends, and they all do, jobs are missed or told again",
  advice: "list anew after each end of a watch, as this program does when it cannot be sure",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "after each reconnect notifications can be as late as --resync-interval, 60s by default" },
  },
  async run(at) {
    const { metadata } = await at.job("a");
    const before = await watching(at, metadata.resourceVersion);
    await at.job("b");
    const { object } = await ownEvent(at, before);
    before.close();
    await at.job("c");
    await touched(at, "b");
    const after = await watching(at, object.metadata.resourceVersion);
    const events = [await ownEvent(at, after), await ownEvent(at, after), ...(await after.during(300))];
    same(briefly(at, events), ["ADDED c", "MODIFIED b"], "events after ADDED b");
  },
};
