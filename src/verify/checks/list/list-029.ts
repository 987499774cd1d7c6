// How much is left.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const LIST_029: Check = {
  id: "LIST-029",
  claim: "a page without selectors tells how many objects follow",
  matters: "tools cannot show how far they are",
  advice: "show what has been read",
  severity: "oddity",
  source: "6.2 Lists and paging; k8s: retrieving large results sets in chunks",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b", "c");
    const { remainingItemCount: left } = ok(await at.get("jobs?limit=1")).metadata;
    expect(left !== undefined && left >= 2, `a page of 1 with at least 2 behind it says that ${left ?? "no number of"} items remain`);
  },
};
