// Rights come before existence.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

export const RIGHTS_009: Check = {
  id: "RIGHTS-009",
  claim: "the lesser token gets 403, not 404, for a deletion of a job that is not there",
  matters: "a token that lacks a right looks as if the job had gone, and this program takes its work for done",
  advice: "report it to whoever runs the server",
  severity: "trouble",
  source: "3.5 Authorisation; k8s: authorization",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "lesser"],
  breaks: { prune: { then: "limited", words: "a missing right to delete goes unnoticed" } },
  async run(at) {
    refused(await at.as("lesser").del(`jobs/${at.name("missing")}`), 403, "Forbidden");
  },
};
