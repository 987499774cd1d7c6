// Lists as watches are there.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";

export const WATCH_024: Check = {
  id: "WATCH-024",
  claim: "sendInitialEvents is served",
  matters: "clients that begin so, as those of client-go do, are refused once and fall back to a list",
  advice: "turn the feature WatchListClient of such clients off",
  severity: "oddity",
  source: "6.4 Watch; k8s: streaming lists",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: [],
  breaks: {},
  async run(at) {
    const { status } = await at.watch(
      "jobs?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1",
    );
    expect(status === 200, `the watch was answered with ${status}`);
  },
};
