// Two names that are one after the other.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { ownEvent, watching } from "../../own.ts";

export const WATCH_021: Check = {
  id: "WATCH-021",
  claim: "a job that is deleted and created again under its name comes as DELETED and ADDED, with two uids",
  matters: "job names are used again: the new job is taken for the old one, and nobody is told of it",
  advice: "lower --resync-interval: this program compares uids when it lists",
  severity: "loss",
  source: "0 The seed binary; #127660",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "a job that takes the name of another can be told late" } },
  async run(at) {
    const { metadata: old } = await at.job("a");
    const watch = await watching(at, old.resourceVersion);
    ok(await at.del(`jobs/${old.name}`));
    const { metadata: made } = await at.job("a");
    const seen = [await ownEvent(at, watch), await ownEvent(at, watch)].map(({ type, object }) => [type, object.metadata.uid]);
    same(seen, [["DELETED", old.uid], ["ADDED", made.uid]], "types and uids");
  },
};
