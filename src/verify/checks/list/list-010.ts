// What cannot select is refused.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

const SELECTORS = ["labelSelector=%3D", "labelSelector=a%20b", "fieldSelector=status.url%3Da"];

export const LIST_010: Check = {
  id: "LIST-010",
  claim: "a list with a selector that cannot be read or is not supported is refused with 400",
  matters: "a selector that is passed over selects everything: a client works on jobs that it did not mean",
  advice: "look for a proxy that drops the query, and try selectors by hand before they are relied upon",
  severity: "trouble",
  source: "6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: { drive: { then: "limited", words: "a selector that is passed over selects everything" } },
  async run(at) {
    for (const selector of SELECTORS) refused(await at.get(`jobs?limit=1&${selector}`), 400, "BadRequest");
  },
};
