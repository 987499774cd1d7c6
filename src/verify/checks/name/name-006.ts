// Names that no path could be made of are refused.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const NAME_006: Check = {
  id: "NAME-006",
  claim: "an object without a name, or with one that no path can be made of, is refused with 422 for metadata.name",
  matters: "objects can be made that nobody can read, finish or delete",
  advice: "remove such objects in the storage, and report it",
  severity: "trouble",
  source: "k8s: apimachinery/pkg/api/validation/path",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    for (const name of [undefined, `${at.name("a")}/b`, `${at.name("a")}%b`]) {
      invalid(await at.post("jobs", at.draft("a", { metadata: { name } })), "metadata.name");
    }
  },
};
