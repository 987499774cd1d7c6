// All pages are of one list.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const LIST_014: Check = {
  id: "LIST-014",
  claim: "later pages carry the resourceVersion of the first, also when something was written between",
  matters: "a watch that begins at the version of the last page misses what was written while the pages were read",
  advice: "begin watches at the version of the first page",
  severity: "loss",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "jobs that are created while a list is read can be told late" } },
  async run(at) {
    await at.jobs("a", "b");
    const first = ok(await at.get("jobs?limit=1"));
    await at.job("c");
    const second = ok(await at.get(`jobs?limit=1&continue=${encodeURIComponent(first.metadata.continue ?? "")}`));
    same(second.metadata.resourceVersion, first.metadata.resourceVersion, "the resourceVersion of the second page");
  },
};
