// A name is taken once.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";

export const NAME_002: Check = {
  id: "NAME-002",
  claim: "a second job under a name is refused with 409 AlreadyExists or Conflict and leaves the first as it is",
  matters: "the name is what keeps two pulls of a repository apart: both run at once, or one is lost",
  advice: "let one client alone create jobs, and report it",
  severity: "danger",
  source: "3.4 Names; #121266, #122078",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "two jobs of a repository can run at once" } },
  async run(at) {
    const made = await at.job("a");
    const reply = await at.post("jobs", at.draft("a", { spec: { pull: { incremental: true } } }));
    refused(reply, 409, "AlreadyExists", "Conflict");
    at.observe("reason for a name that is taken", reply.json.reason ?? "none");
    const there = ok(await at.get(`jobs/${made.metadata.name}`));
    same(there.metadata.uid, made.metadata.uid, "the uid of what is there");
    same([there.metadata.resourceVersion, there.spec], [made.metadata.resourceVersion, made.spec], "its version and spec");
  },
};
