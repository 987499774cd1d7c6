// A job says what it is about.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_002: Check = {
  id: "ADMIT-002",
  claim: "a job without repository is refused with 422 for spec.repository",
  matters: "jobs are queued that are nobody's: they are in no list of a repository and cannot be cleaned up with it",
  advice: "look at jobs before they are queued",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    invalid(await at.post("jobs", at.draft("a", { spec: { repository: undefined } })), "spec.repository");
  },
};
