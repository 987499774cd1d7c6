// A record says what it is of.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_012: Check = {
  id: "ADMIT-012",
  claim: "a HistoricJob without action or repository is refused with 422 for it",
  matters: "the history of a repository lacks records, as they cannot be found by it",
  advice: "look at what writes records",
  severity: "oddity",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: {},
  async run(at) {
    invalid(await at.post("historicjobs", at.recordDraft("a", { spec: { action: undefined } })), "spec.action");
    invalid(await at.post("historicjobs", at.recordDraft("b", { spec: { repository: undefined } })), "spec.repository");
  },
};
