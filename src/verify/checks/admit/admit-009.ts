// Paths stay within the repository.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_009: Check = {
  id: "ADMIT-009",
  claim: "a job with a path that leaves the repository is refused with 422 for it",
  matters: "whoever may queue jobs reads, moves and deletes files of the machines where workers run",
  advice: "let workers refuse such paths, and let only people queue jobs whom you trust",
  severity: "danger",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    const spec = { pull: undefined, action: "delete", delete: { paths: ["fine.json", "../../etc/passwd"] } };
    invalid(await at.post("jobs", at.draft("a", { spec })), "spec.delete.paths[1]");
  },
};
