// Where a list goes on something is left.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { pages } from "../../own.ts";

export const LIST_023: Check = {
  id: "LIST-023",
  claim: "where a page tells remainingItemCount it is above 0, and the last page tells none",
  matters: "progress bars and clients that count down stop too early or never",
  advice: "follow continue to its end, whatever the count says",
  severity: "oddity",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b", "c");
    for (const { metadata: { continue: next = "", remainingItemCount: left } } of await pages(at, "jobs?limit=2")) {
      if (next !== "") at.observe("pages tell remainingItemCount", left !== undefined);
      expect(
        left === undefined || (next !== "" && left > 0),
        `a page ${next === "" ? "without" : "with"} continue says that ${left} items remain`,
      );
    }
  },
};
