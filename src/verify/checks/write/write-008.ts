// A deletion that is made of an older version is refused.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

export const WRITE_008: Check = {
  id: "WRITE-008",
  claim: "a DELETE with an older resourceVersion as precondition is refused with 409 Conflict",
  matters: "whoever cleans up deletes a job that its worker has just renewed: its result is lost, or it runs twice",
  advice: "give workers a longer lease, and update the server",
  severity: "danger",
  source: "6.6 Delete; 4.7 Expired leases",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "a job can be deleted while its worker renews it" } },
  async run(at) {
    const stale = await at.job("a");
    const path = `jobs/${stale.metadata.name}`;
    const current = ok(await at.put(path, withStatus(stale, { state: "working" })));
    const { uid, resourceVersion } = stale.metadata;
    refused(await at.del(path, { preconditions: { uid, resourceVersion } }), 409, "Conflict");
    same(ok(await at.get(path)).metadata.resourceVersion, current.metadata.resourceVersion, "the version of what is there");
  },
};
