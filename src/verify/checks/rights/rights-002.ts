// Nobody gets nothing.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

export const RIGHTS_002: Check = {
  id: "RIGHTS-002",
  claim: "a list without a credential is refused with 401 or 403",
  matters: "anybody can read all jobs",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content; k8s: anonymous requests",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const reply = await at.as("nobody").get("jobs?limit=1");
    at.observe("answer without a credential", reply.status);
    expect(reply.status === 401 || reply.status === 403, `expected 401 or 403, got ${brief(reply)}`);
  },
};
