// Selection comes before the cut.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { LABEL_TRIAL } from "../../own.ts";

export const LIST_025: Check = {
  id: "LIST-025",
  claim: "a page of a selected list is as long as its limit while more follows",
  matters: "a search for a few jobs among many takes as many requests as a list of all of them",
  advice: "ask with a large limit when you select, as this program does",
  severity: "oddity",
  source: "6.2 Lists and paging; k8s: retrieving large results sets in chunks",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  async run(at) {
    for (const word of ["a", "b", "c", "d", "e"]) await at.job(word, { metadata: { labels: { [LABEL_TRIAL]: word > "b" ? "filled" : "no" } } });
    const { items, metadata } = ok(await at.get(`jobs?limit=2&labelSelector=${encodeURIComponent(`${LABEL_TRIAL}=filled`)}`));
    expect(items.length === 2, `a page with limit=2 held ${items.length} of 3 objects that match, ${metadata.continue ? "and" : "without"} continue`);
  },
};
