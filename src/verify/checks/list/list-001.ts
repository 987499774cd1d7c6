// Pages that follow `continue` hold every object once.

import type { Check } from "../../check.ts";
import { expect, names, ok, same } from "../../expect.ts";

export const LIST_001: Check = {
  id: "LIST-001",
  claim: "pages that follow continue to its end hold every object once",
  matters: "a controller that lists in pages never sees the jobs that are missing, and works twice on those that come twice",
  advice: "list without a limit where that is complete, or in one page; report it to whoever runs the storage",
  severity: "loss",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "no", words: "jobs are missing from lists" },
    prune: { then: "limited", words: "records that are missing from lists are never pruned" },
  },
  async run(at) {
    const made = await at.jobs("a", "b", "c", "d", "e");
    const seen: string[] = [];
    let token = "";
    do {
      const page = ok(await at.get(`jobs?limit=2${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`));
      seen.push(...names(page));
      const next = page.metadata.continue ?? "";
      expect(next === "" || next !== token, "the same continue token came twice in a row");
      token = next;
    } while (token !== "");
    const own = seen.filter((name) => made.some(({ metadata }) => metadata.name === name));
    same(own.sort(), made.map(({ metadata }) => metadata.name).sort(), "objects on the pages");
  },
};
