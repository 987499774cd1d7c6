// A watch from a list's version tells of what comes after it.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";

export const WATCH_001: Check = {
  id: "WATCH-001",
  claim: "a watch from the version of a list tells of a job that is created after it, once",
  matters: "notifications would come late, at the next verifying list, or twice",
  advice: "lower --resync-interval until it is repaired, and look for a proxy that buffers",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "notifications can be as late as --resync-interval, 60s by default" } },
  async run(at) {
    const { metadata } = ok(await at.get("jobs?limit=1"));
    const watch = await at.watch(`jobs?watch=1&resourceVersion=${metadata.resourceVersion}`);
    expect(watch.status === 200, `the watch was answered with ${watch.status}`);
    const made = await at.job("a");
    const own = async () => {
      for (;;) {
        const { type, object } = await watch.event();
        if (object.metadata.name === made.metadata.name) return { type, uid: object.metadata.uid, version: object.metadata.resourceVersion };
      }
    };
    same(await own(), { type: "ADDED", uid: made.metadata.uid, version: made.metadata.resourceVersion }, "the event");
    const more = (await watch.during(300)).filter(({ object }) => object.metadata.uid === made.metadata.uid);
    same(more.map(({ type }) => type), [], "further events of this job");
  },
};
