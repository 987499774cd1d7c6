// The generation tells changes of the spec.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { otherwise, withLabels } from "../../objects.ts";

export const WRITE_014: Check = {
  id: "WRITE-014",
  claim: "metadata.generation rises by one with a change of the spec and stays with one of labels",
  matters: "controllers that look for changed specs take each renewal of a claim for one",
  advice: "compare specs instead of generations",
  severity: "oddity",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const marked = ok(await at.put(path, withLabels(made, { mark: "m" })));
    same(marked.metadata.generation, made.metadata.generation, "the generation after a change of labels");
    const turned = ok(await at.put(path, otherwise(marked)));
    same(turned.metadata.generation, (made.metadata.generation ?? 0) + 1, "the generation after a change of the spec");
  },
};
