// A token of nowhere leads nowhere.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

export const LIST_011: Check = {
  id: "LIST-011",
  claim: "a continue token that is none is refused with 400 or 410, not answered with some page",
  matters: "a client whose token was lost on the way reads the first page again and again, or takes a part for the whole",
  advice: "look for a proxy or a cache that drops the query",
  severity: "loss",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {
    run: { then: "limited", words: "a list may be a part that looks whole" },
    prune: { then: "limited", words: "a list may be a part that looks whole" },
  },
  async run(at) {
    const reply = await at.get("jobs?limit=1&continue=garbage");
    expect([400, 410].includes(reply.status), `expected 400 or 410, got ${brief(reply)}`);
    at.observe("answer to a continue token that is none", reply.status);
    expect(reply.json.kind === "Status", `expected a Status, got ${brief(reply)}`);
  },
};
