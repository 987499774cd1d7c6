// Branches are names that git takes.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_008: Check = {
  id: "ADMIT-008",
  claim: "a job with a branch that git would not take is refused with 422 for it",
  matters: "the job fails late, when its worker has done the work and pushes",
  advice: "look at branches before jobs are queued",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    for (const branch of ["two words", "a..b", "/a", "a.lock"]) {
      invalid(
        await at.post("jobs", at.draft("a", { spec: { pull: undefined, action: "push", push: { branch } } })),
        "spec.push.branch",
      );
    }
  },
};
