// Actions are those of the API.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_004: Check = {
  id: "ADMIT-004",
  claim: "a job with an action that is none is refused with 422 for spec.action",
  matters: "a misspelt action is queued, waits for a worker and ends in error",
  advice: "look at jobs before they are queued",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    invalid(await at.post("jobs", at.draft("a", { spec: { action: "frobnicate", pull: undefined } })), "spec.action");
  },
};
