// A forged token is no token.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

export const RIGHTS_001: Check = {
  id: "RIGHTS-001",
  claim: "a token that nobody has issued is refused with 401",
  matters: "anybody can read all jobs, and act as a worker",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    refused(await at.as("forged").get("jobs?limit=1"), 401, "Unauthorized");
  },
};
