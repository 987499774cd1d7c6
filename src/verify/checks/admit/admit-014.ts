// Every action can be asked for.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

const OPTIONS = {
  pull: { incremental: true },
  push: { branch: "main" },
  pr: { ref: "change", pr: 7, hash: "0a6b0ad" },
  migrate: { message: "Move dashboards" },
  delete: { paths: ["a.json"] },
  move: { paths: ["a.json"], targetPath: "archive/" },
};

export const ADMIT_014: Check = {
  id: "ADMIT-014",
  claim: "jobs of the actions pull, push, pr, migrate, delete and move are taken with their options",
  matters: "work of some kinds cannot be queued at all",
  advice: "look for an action that is turned off in the server's configuration",
  severity: "trouble",
  source: "2.3 Actions",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs of some actions cannot be queued" } },
  async run(at) {
    for (const [action, options] of Object.entries(OPTIONS)) {
      const reply = await at.post("jobs", at.draft(action, { spec: { pull: undefined, action, [action]: options } }));
      expect(reply.status === 201, `a job of action ${action} was answered with ${brief(reply)}`);
    }
  },
};
