// A job says what is to be done.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_001: Check = {
  id: "ADMIT-001",
  claim: "a job without action is refused with 422 for spec.action",
  matters: "jobs are queued that no worker is for; they end in error after everyone has looked at them",
  advice: "look at jobs before they are queued",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    invalid(await at.post("jobs", at.draft("a", { spec: { action: undefined } })), "spec.action");
  },
};
