// A write that is meant for another object of the name is refused.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { otherwise, withMetadata } from "../../objects.ts";

export const WRITE_006: Check = {
  id: "WRITE-006",
  claim: "a PUT with the uid of a predecessor is refused with 409 Conflict",
  matters: "names of jobs are used again: the progress of a job that is gone would be written into its successor",
  advice: "leave the uid in what is written, and let one worker at a time work on a repository",
  severity: "danger",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "a late write can reach the next job of that name" } },
  async run(at) {
    const first = await at.job("a");
    const path = `jobs/${first.metadata.name}`;
    ok(await at.del(path));
    const second = await at.job("a");
    const late = withMetadata(otherwise(first), { resourceVersion: second.metadata.resourceVersion });
    refused(await at.put(path, late), 409, "Conflict");
    same(ok(await at.get(path)).spec["pull"], second.spec["pull"], "options of the successor");
  },
};
