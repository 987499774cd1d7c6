// A forged token cannot write.

import type { Check } from "../../check.ts";
import { refused, same } from "../../expect.ts";

export const RIGHTS_004: Check = {
  id: "RIGHTS-004",
  claim: "a creation with a token that nobody has issued is refused with 401, and makes nothing",
  matters: "anybody can have jobs run",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    refused(await at.as("forged").post("jobs", at.draft("a")), 401, "Unauthorized");
    same((await at.get(`jobs/${at.name("a")}`)).status, 404, "status of a GET of that job");
  },
};
