// A watch from the future is refused.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { versionOf } from "../../own.ts";

export const WATCH_023: Check = {
  id: "WATCH-023",
  claim: "a watch from a version of the future is refused with 400 or 504",
  matters: "after a restored backup watches stay open and tell nothing: they look quiet and are deaf",
  advice: "restart clients after a backup was restored, and keep --resync-interval short",
  severity: "trouble",
  source: "6.1 resourceVersion; #126004",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: [],
  breaks: {
    run: { then: "limited", words: "after a restored backup notifications can be as late as --resync-interval, 60s by default" },
  },
  async run(at) {
    const future = versionOf(ok(await at.get("jobs?limit=1"))) * 2n + 1_000_000n;
    const watch = await at.watch(`jobs?watch=1&timeoutSeconds=1&resourceVersion=${future}`);
    expect([400, 504].includes(watch.status), `the watch was answered with ${watch.status}`);
  },
};
