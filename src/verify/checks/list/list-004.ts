// A list that is cut by its size says so.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { listed, many } from "../../own.ts";

const JOBS = 16;
const LENGTH = 200_000;

export const LIST_004: Check = {
  id: "LIST-004",
  claim: `a list without limit of ${(JOBS * LENGTH) / 1_000_000} MB is whole, or says continue where it is cut`,
  matters: "what does not fit is taken for deleted, and jobs are never seen",
  advice: "update Grafana; list in pages of a limit until then",
  severity: "loss",
  source: "6.2 Lists and paging; #125342, #129458",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {
    run: { then: "no", words: "large jobs are missing from lists" },
    prune: { then: "limited", words: "records that do not fit into a list are never pruned" },
  },
  alone: true,
  limitMs: 60_000,
  async run(at) {
    const padding = "x".repeat(LENGTH);
    const made = await many(JOBS, (nth) => at.job(`a${nth}`, { metadata: { annotations: { padding } } }));
    const seen = new Set((await listed(at, "jobs")).map(({ metadata }) => metadata.uid));
    same(made.filter(({ metadata }) => seen.has(metadata.uid)).length, JOBS, "own jobs in the list, over all its pages");
  },
};
