// Records come in pages, too.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { isOwn, pages, words } from "../../own.ts";

export const HISTORY_009: Check = {
  id: "HISTORY-009",
  claim: "pages of records hold every record once, and none more than its limit",
  matters: "records that are missing from lists are never pruned, and the history grows without end",
  advice: "look for a proxy that changes queries",
  severity: "trouble",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: {
    prune: { then: "limited", words: "some records are never pruned" },
    history: { then: "limited", words: "some records are not shown" },
  },
  async run(at) {
    for (const word of ["a", "b", "c", "d", "e"]) await at.made("historicjobs", at.recordDraft(word));
    const read = await pages(at, "historicjobs?limit=2");
    expect(read.every(({ items }) => items.length <= 2), "a page with limit=2 held more");
    same(
      words(at, read.flatMap(({ items }) => items.filter((item) => isOwn(at, item)))).sort(),
      ["a", "b", "c", "d", "e"],
      "own records on the pages",
    );
  },
};
