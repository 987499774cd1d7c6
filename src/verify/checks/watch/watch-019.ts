// A watch from nowhere begins now.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { briefly, ownEvent } from "../../own.ts";

export const WATCH_019: Check = {
  id: "WATCH-019",
  claim: "a watch without a version tells of what happens from now on, and not of the jobs that are there",
  matters: "clients of Grafana list first: they are told of each job again at every reconnect",
  advice: "watch from the version of a list, as this program does",
  severity: "oddity",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.job("a");
    const watch = await at.watch("jobs?watch=1");
    expect(watch.status === 200, `the watch was answered with ${watch.status}`);
    await at.job("b");
    same(briefly(at, [await ownEvent(at, watch)]), ["ADDED b"], "the first event");
  },
};
