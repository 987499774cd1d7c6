// A short break is bridged.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { ownEvent, touched, watching } from "../../own.ts";

const CHANGES = 30;

export const WATCH_005: Check = {
  id: "WATCH-005",
  claim: `a watch that resumes ${CHANGES} events back tells of all of them`,
  matters: "the seconds that a reconnect takes are enough to lose jobs, or each of them costs a whole list",
  advice: "keep --resync-interval short, and ask for a longer history of events on the server",
  severity: "loss",
  source: "6.4 Watch; #130272, #130332",
  eras: ["2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "after a short break notifications can be as late as --resync-interval, 60s by default" },
  },
  async run(at) {
    const made = await at.job("a");
    const expected: string[] = [];
    for (let nth = 0; nth < CHANGES; nth++) expected.push((await touched(at, "a", nth)).metadata.resourceVersion);
    const watch = await watching(at, made.metadata.resourceVersion);
    const seen: string[] = [];
    while (seen.at(-1) !== expected.at(-1)) seen.push((await ownEvent(at, watch)).object.metadata.resourceVersion);
    same(seen.length, expected.length, `events of ${CHANGES} changes`);
    same(seen, expected, "the versions of the events");
  },
};
