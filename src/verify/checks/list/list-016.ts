// A list that must not be older than something holds it.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { listed, words } from "../../own.ts";

export const LIST_016: Check = {
  id: "LIST-016",
  claim: "resourceVersionMatch=NotOlderThan with the version of a job gives a list that holds it and those before",
  matters: "informers begin with such a list, and do not see what was written last",
  advice: "list without a version",
  severity: "trouble",
  source: "6.1 resourceVersion",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const [, last] = await at.jobs("a", "b");
    const query = `resourceVersionMatch=NotOlderThan&resourceVersion=${last?.metadata.resourceVersion}`;
    const seen = await listed(at, `jobs?${query}`);
    same(words(at, seen).sort(), ["a", "b"], "own jobs in the list");
  },
};
