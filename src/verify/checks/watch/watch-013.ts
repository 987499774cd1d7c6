// A quiet watch stays open.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, LABEL_TRIAL, ownEvent, versionNow, watching, words } from "../../own.ts";

const QUIET_MS = 40_000;

export const WATCH_013: Check = {
  id: "WATCH-013",
  claim: `a watch on which nothing happens is still open after ${QUIET_MS / 1_000}s, and tells of the next job`,
  matters: "each quiet half minute costs a reconnect, with a list to be sure, or a watch hangs that looks alive",
  advice: "raise the idle timeout of the proxy or load balancer between to five minutes or more",
  severity: "trouble",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "watches are cut when they are quiet, and each cut costs a list" } },
  limitMs: 90_000,
  async run(at) {
    const watch = await watching(at, await versionNow(at), `&${byLabel(`${LABEL_TRIAL}=quiet`)}`);
    // Ends early where the watch does.
    await watch.during(QUIET_MS);
    await at.job("a", { metadata: { labels: { [LABEL_TRIAL]: "quiet" } } });
    const { type, object } = await ownEvent(at, watch);
    same([type, ...words(at, [object])], ["ADDED", "a"], "the event after the silence");
  },
};
