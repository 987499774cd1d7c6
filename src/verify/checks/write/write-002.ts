// A write of an older version is refused.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { otherwise, withMetadata } from "../../objects.ts";

export const WRITE_002: Check = {
  id: "WRITE-002",
  claim: "a PUT with an older resourceVersion is refused with 409 Conflict and changes nothing",
  matters: "whoever writes last wins: a worker overwrites the claim of another, and both work on the job",
  advice: "give every controller --claim-settle=2s, and update Grafana to 2025-10 or later",
  severity: "danger",
  source: "6.5 Create and update; #111866",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "claims are overwritten" } },
  async run(at) {
    const stale = await at.job("a");
    const path = `jobs/${stale.metadata.name}`;
    const current = ok(await at.put(path, withMetadata(stale, { annotations: { writer: "first" } })));
    refused(await at.put(path, otherwise(stale)), 409, "Conflict");
    const { metadata, spec } = ok(await at.get(path));
    same(
      [metadata.resourceVersion, spec["pull"]],
      [current.metadata.resourceVersion, current.spec["pull"]],
      "version and options after the refusal",
    );
  },
};
