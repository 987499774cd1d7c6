// A page is no longer than was asked for.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { isOwn, pages, words } from "../../own.ts";

export const LIST_003: Check = {
  id: "LIST-003",
  claim: "a page holds no more objects than its limit",
  matters: "a client that reads in pages to save memory is sent everything at once",
  advice: "give the program more memory, and look for a proxy that drops the query",
  severity: "trouble",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { prune: { then: "limited", words: "records come all at once, which takes memory" } },
  async run(at) {
    await at.jobs("a", "b", "c");
    const read = await pages(at, "jobs?limit=2");
    const longest = Math.max(...read.map(({ items }) => items.length));
    expect(longest <= 2, `a page with limit=2 held ${longest} objects`);
    const own = read.flatMap(({ items }) => items.filter((item) => isOwn(at, item)));
    same(words(at, own).sort(), ["a", "b", "c"], "own jobs on the pages");
  },
};
