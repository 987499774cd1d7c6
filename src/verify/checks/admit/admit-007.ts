// A move has a target.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_007: Check = {
  id: "ADMIT-007",
  claim: "a job that moves files nowhere is refused with 422 for spec.move.targetPath",
  matters: "files end up in the root of the repository, or are lost",
  advice: "let workers refuse jobs without a target",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    const spec = { pull: undefined, action: "move", move: { paths: ["a.json"] } };
    invalid(await at.post("jobs", at.draft("a", { spec })), "spec.move.targetPath");
  },
};
