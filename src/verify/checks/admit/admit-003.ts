// All that is wrong with a job is said at once.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_003: Check = {
  id: "ADMIT-003",
  claim: "a refusal has a cause for each field that is wrong",
  matters: "people repair one field at a time, and clients cannot show which fields are wrong",
  advice: "show the message of the refusal instead of its causes",
  severity: "oddity",
  source: "3.3 Direct creation and admission; 6.7 Content negotiation and status envelope",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    invalid(
      await at.post("jobs", at.draft("a", { spec: { action: undefined, repository: undefined } })),
      "spec.action",
      "spec.repository",
    );
  },
};
