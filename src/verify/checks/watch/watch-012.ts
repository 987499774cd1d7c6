// A watch ends when it was told to.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { versionNow, watching } from "../../own.ts";

export const WATCH_012: Check = {
  id: "WATCH-012",
  claim: "timeoutSeconds=1 ends a watch soon after, politely and not within a line",
  matters: "watches stay open on connections that nobody reads, and a new token is never used",
  advice: "look for a proxy that drops the query or holds ends back",
  severity: "oddity",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const watch = await watching(at, await versionNow(at), "&timeoutSeconds=1");
    const untilMs = at.clock.monotonic() + 5_000;
    while ((await watch.next()) !== undefined) {
      expect(at.clock.monotonic() < untilMs, "the watch with timeoutSeconds=1 was still open after 5s");
    }
  },
};
