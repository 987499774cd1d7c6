// One object is selected by its name.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { pages } from "../../own.ts";

export const LIST_009: Check = {
  id: "LIST-009",
  claim: "the field selector metadata.name selects that job and no other",
  matters: "who follows one job is told of all of them",
  advice: "read the job with GET, and look for a proxy that drops the query",
  severity: "oddity",
  source: "6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const [made] = await at.jobs("a", "a2");
    const read = await pages(at, `jobs?fieldSelector=${encodeURIComponent(`metadata.name=${at.name("a")}`)}`);
    const uids = read.flatMap(({ items }) => items.map(({ metadata }) => metadata.uid));
    same(uids, [made?.metadata.uid], "uids of the jobs in the list");
  },
};
