// A watch from the future does not tell of the past.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { briefly, versionOf } from "../../own.ts";

export const WATCH_018: Check = {
  id: "WATCH-018",
  claim: "a watch from a version of the future is refused, or tells of nothing that is older",
  matters: "after a restored backup clients go on as if nothing had happened, and miss all until the old version is reached again",
  advice: "restart clients after a backup was restored",
  severity: "oddity",
  source: "6.1 resourceVersion; #126004",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const future = versionOf(await at.job("a")) * 2n + 1_000_000n;
    const watch = await at.watch(`jobs?watch=1&timeoutSeconds=2&resourceVersion=${future}`);
    at.observe("answer to a watch from a version of the future", watch.status);
    if (watch.status >= 400) return;
    await at.job("b");
    same(briefly(at, await watch.during(700)), [], `events of a watch from ${future}`);
  },
};
