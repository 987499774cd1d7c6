// What is deleted or moved is named.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_006: Check = {
  id: "ADMIT-006",
  claim: "a job that deletes or moves nothing by name is refused with 422",
  matters: "a worker that takes nothing for everything empties the repository",
  advice: "let workers refuse jobs without paths and resources",
  severity: "danger",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    const spec = { pull: undefined, action: "delete", delete: { paths: [], resources: [] } };
    invalid(await at.post("jobs", at.draft("a", { spec })), "spec.delete");
    invalid(
      await at.post("jobs", at.draft("b", { spec: { pull: undefined, action: "move", move: { targetPath: "archive/" } } })),
      "spec.move",
    );
  },
};
