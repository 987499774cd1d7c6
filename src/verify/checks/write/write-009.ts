// A deletion whose preconditions hold takes the object away at once.

import type { Check } from "../../check.ts";
import { ok, refused } from "../../expect.ts";

export const WRITE_009: Check = {
  id: "WRITE-009",
  claim: "a DELETE whose preconditions hold takes the job away at once, and a second one gets 404",
  matters: "jobs that are done stay in the queue and are run again",
  advice: "look for finalizers on jobs and for a cache before the server",
  severity: "danger",
  source: "6.6 Delete",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "jobs that are done stay in the queue" } },
  async run(at) {
    const { metadata } = await at.job("a");
    const path = `jobs/${metadata.name}`;
    ok(await at.del(path, { preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } }));
    refused(await at.get(path), 404, "NotFound");
    refused(await at.del(path, { preconditions: { uid: metadata.uid } }), 404, "NotFound");
  },
};
