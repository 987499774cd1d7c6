// What is refused at creation is refused later, too.

import type { Check } from "../../check.ts";
import { invalid, ok, same } from "../../expect.ts";

export const ADMIT_011: Check = {
  id: "ADMIT-011",
  claim: "a PUT is looked at as a creation is: without repository it is refused with 422 and changes nothing",
  matters: "a client that knows fewer fields than the server empties jobs with each write",
  advice: "let no client write that does not keep unknown fields",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    invalid(await at.put(path, { ...made, spec: { ...made.spec, repository: undefined } }), "spec.repository");
    same(ok(await at.get(path)).spec, made.spec, "the spec after the refusal");
  },
};
