// Reviews say what will be refused.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { allowed } from "../../review.ts";

export const RIGHTS_010: Check = {
  id: "RIGHTS-010",
  claim: "what a SelfSubjectAccessReview says of the lesser token is what happens: of list, create and delete",
  matters: "rights look granted that are not, or the other way round",
  advice: "report it to whoever runs the server",
  severity: "oddity",
  source: "k8s: SelfSubjectAccessReview; 3.5 Authorisation",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "lesser"],
  breaks: {},
  async run(at) {
    const lesser = at.as("lesser");
    const tries = {
      list: () => lesser.get("jobs?limit=1"),
      create: () => lesser.post("jobs?dryRun=All", at.draft("a")),
      delete: () => lesser.del(`jobs/${at.name("missing")}`),
    };
    for (const [verb, attempt] of Object.entries(tries)) {
      const may = await allowed(lesser, verb, "jobs");
      const reply = await attempt();
      expect(may === (reply.status !== 403), `it says that ${verb} is ${may ? "" : "not "}allowed, which got ${brief(reply)}`);
    }
  },
};
