// A version in a patch is a precondition.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { otherwise } from "../../objects.ts";

export const WRITE_017: Check = {
  id: "WRITE-017",
  claim: "a merge patch with an older resourceVersion is refused with 409 Conflict",
  matters: "a controller that claims with patches takes jobs that others hold",
  advice: "claim with PUT alone, as this program does",
  severity: "trouble",
  source: "6.5 Create and update; k8s: apiserver/pkg/endpoints/handlers/patch.go",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const stale = await at.job("a");
    const path = `jobs/${stale.metadata.name}`;
    const current = ok(await at.put(path, otherwise(stale)));
    const patch = { metadata: { resourceVersion: stale.metadata.resourceVersion, labels: { mark: "late" } } };
    refused(await at.patch(path, patch), 409, "Conflict");
    const { metadata } = ok(await at.get(path));
    same(
      [metadata.resourceVersion, metadata.labels?.["mark"]],
      [current.metadata.resourceVersion, undefined],
      "version and label after the refusal",
    );
  },
};
