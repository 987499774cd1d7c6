// What a server has given an object stays with it.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { withLabels, withMetadata } from "../../objects.ts";

export const WRITE_012: Check = {
  id: "WRITE-012",
  claim: "a PUT can neither change nor lose uid, creationTimestamp and namespace",
  matters: "the age of objects is no longer known: records are pruned too early or never, and jobs are mistaken for others",
  advice: "keep history with --history-expiration=0 until it is repaired",
  severity: "loss",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    prune: { then: "limited", words: "the age of records can be wrong" },
    run: { then: "limited", words: "jobs can be mistaken for others" },
  },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const { uid, creationTimestamp, namespace } = made.metadata;
    const attempts = [{ creationTimestamp: "2001-01-01T00:00:00Z" }, { uid: undefined, creationTimestamp: undefined, namespace: undefined }];
    let next = made;
    for (const [nth, metadata] of attempts.entries()) {
      next = ok(await at.put(path, withMetadata(withLabels(next, { mark: String(nth) }), metadata)));
      const { metadata: seen } = next;
      same(
        [seen.uid, seen.creationTimestamp, seen.namespace],
        [uid, creationTimestamp, namespace],
        "uid, creationTimestamp and namespace after a PUT",
      );
    }
  },
};
