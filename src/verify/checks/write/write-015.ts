// A merge patch.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const WRITE_015: Check = {
  id: "WRITE-015",
  claim: "a merge patch changes what it names, takes away what it names with null, and keeps the rest",
  matters: "people who label or release jobs by hand with kubectl lose fields of them",
  advice: "write whole objects with PUT instead of patches",
  severity: "trouble",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a", { metadata: { labels: { one: "1", two: "2" } } });
    const path = `jobs/${made.metadata.name}`;
    ok(await at.patch(path, { metadata: { labels: { one: null, three: "3" } }, spec: { pull: { incremental: true } } }));
    const { metadata: { labels = {} }, spec } = ok(await at.get(path));
    same([labels["one"], labels["two"], labels["three"]], [undefined, "2", "3"], "the labels one, two and three");
    same(spec, { ...made.spec, pull: { incremental: true } }, "the spec");
  },
};
