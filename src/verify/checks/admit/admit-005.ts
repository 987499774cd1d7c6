// Actions have options.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_005: Check = {
  id: "ADMIT-005",
  claim: "a job without the options of its action is refused with 422 for them",
  matters: "workers have to guess what is to be done: what to delete, where to push to",
  advice: "let workers refuse jobs without options",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    for (const action of ["pull", "push", "pr", "migrate", "delete", "move"]) {
      invalid(await at.post("jobs", at.draft(action, { spec: { action, pull: undefined } })), `spec.${action}`);
    }
  },
};
