// Pages of a selected list lead to all that matches.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, LABEL_TRIAL, listed, words } from "../../own.ts";

export const LIST_006: Check = {
  id: "LIST-006",
  claim: "pages of a selected list, short or empty as they may be, lead to every job that matches and to no other",
  matters: "jobs that wait for a worker are not found, or those of others are taken",
  advice: "look for a proxy or a search index that answers for the storage",
  severity: "loss",
  source: "6.2 Lists and paging; #130927",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "jobs that wait are not found" } },
  async run(at) {
    for (const word of ["a", "b", "c", "d", "e", "f", "g"]) {
      await at.job(word, { metadata: { labels: { [LABEL_TRIAL]: "cfg".includes(word) ? "yes" : "no" } } });
    }
    const seen = await listed(at, `jobs?limit=2&${byLabel(`${LABEL_TRIAL}=yes`)}`);
    same(words(at, seen).sort(), ["c", "f", "g"], "own jobs on the pages");
  },
};
