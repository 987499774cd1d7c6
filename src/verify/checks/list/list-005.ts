// A list that is cut by its count says so.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { many, pages } from "../../own.ts";

const JOBS = 501;

export const LIST_005: Check = {
  id: "LIST-005",
  claim: `a list without limit of ${JOBS} jobs is whole, or says continue where it is cut`,
  matters: "what is behind the cut is taken for deleted, and jobs are never seen",
  advice: "list in pages of a limit, and look for a proxy that changes answers",
  severity: "loss",
  source: "6.2 Lists and paging; #110356",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {
    run: { then: "no", words: "jobs are missing from long lists" },
    prune: { then: "limited", words: "records behind the first page are never pruned" },
  },
  alone: true,
  limitMs: 90_000,
  async run(at) {
    const made = await many(JOBS, (nth) => at.job(`a${nth}`));
    const read = await pages(at, "jobs");
    at.observe("objects on a page when there is no limit", read.length === 1 ? "all" : (read[0]?.items.length ?? 0));
    const seen = new Set(read.flatMap(({ items }) => items.map(({ metadata }) => metadata.uid)));
    same(made.filter(({ metadata }) => seen.has(metadata.uid)).length, JOBS, "own jobs in the list, over all its pages");
  },
};
