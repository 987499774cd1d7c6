// A watch that sees nothing is told how far the world is.

import type { Check } from "../../check.ts";
import { byLabel, LABEL_TRIAL, versionNow, versionOf, watching } from "../../own.ts";

const SECONDS = 15;

export const WATCH_015: Check = {
  id: "WATCH-015",
  claim: `a watch that wants bookmarks gets one within ${SECONDS}s that is as new as a write which it was not shown`,
  matters: "a quiet watch resumes at an old version, whose events are not kept any more: each reconnect costs a whole list",
  advice: "update Grafana to 2026-04 or later",
  severity: "oddity",
  source: "6.4 Watch; #122886",
  eras: ["2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  limitMs: 60_000,
  async run(at) {
    const watch = await watching(
      at,
      await versionNow(at),
      `&${byLabel(`${LABEL_TRIAL}=none`)}&allowWatchBookmarks=true&timeoutSeconds=${SECONDS}`,
    );
    const hidden = versionOf(await at.job("a"));
    await watch.find(({ type, object }) => type === "BOOKMARK" && versionOf(object) >= hidden, "bookmark", SECONDS * 1_000);
  },
};
