// Reviews know the credential's rights.

import type { Check } from "../../check.ts";
import { ok, expect } from "../../expect.ts";
import { allowed } from "../../review.ts";

export const RIGHTS_005: Check = {
  id: "RIGHTS-005",
  claim: "a SelfSubjectAccessReview says that the credential may list jobs, which it may",
  matters: "people who ask kubectl auth can-i get wrong answers, and look for faults in the wrong place",
  advice: "report it to whoever runs the server",
  severity: "oddity",
  source: "k8s: SelfSubjectAccessReview",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    ok(await at.get("jobs?limit=1"));
    expect(await allowed(at, "list", "jobs"), "it says that it may not");
  },
};
