// Jobs are named after actions with capitals.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const NAME_005: Check = {
  id: "NAME-005",
  claim: "a job may be named after its action, capitals included, such as demo-fixFolderMetadata",
  matters: "jobs of some actions cannot be queued or found",
  advice: "do not use these actions on this server",
  severity: "trouble",
  source: "3.4 Names",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs of actions with capitals cannot be queued" } },
  async run(at) {
    const name = `${at.name("a")}-fixFolderMetadata`;
    const made = ok(await at.post("jobs", at.draft("a", { metadata: { name } })), 201);
    same(made.metadata.name, name, "the name");
    same(ok(await at.get(`jobs/${name}`)).metadata.uid, made.metadata.uid, "the uid of what is found under it");
  },
};
