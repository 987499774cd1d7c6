// The events of one object tell its story in order.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { ownEvent, touched, watching } from "../../own.ts";

const CHANGES = 5;

export const WATCH_002: Check = {
  id: "WATCH-002",
  claim: "each change of a job comes once, in the order and under the versions in which they were written, and its deletion last",
  matters: "an old state that comes late is taken for the newest: a job that is claimed seems to be free",
  advice: "trust no event without a look at its version, and lower --resync-interval",
  severity: "loss",
  source: "6.4 Watch; #127540",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "changes can be told late or in the wrong order" },
    drive: { then: "limited", words: "jobs can begin late" },
  },
  async run(at) {
    const { metadata } = await at.job("a");
    const watch = await watching(at, metadata.resourceVersion);
    const expected: string[] = [];
    for (let nth = 0; nth < CHANGES; nth++) {
      expected.push(`MODIFIED ${(await touched(at, "a", nth)).metadata.resourceVersion}`);
    }
    ok(await at.del(`jobs/${metadata.name}`));
    const seen: string[] = [];
    for (let type = ""; type !== "DELETED";) {
      const event = await ownEvent(at, watch);
      type = event.type;
      if (type !== "DELETED") seen.push(`${type} ${event.object.metadata.resourceVersion}`);
    }
    same(seen, expected, "events before the deletion");
  },
};
