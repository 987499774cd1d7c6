// Jobs that are created at once are all there.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

const JOBS = 30;

export const LIMITS_007: Check = {
  id: "LIMITS-007",
  claim: "of 30 jobs that are created at the same moment each has a uid of its own and is there",
  matters: "jobs that are started together are lost without a word",
  advice: "report it to whoever runs the storage",
  severity: "loss",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    drive: { then: "limited", words: "jobs may be lost where many start at once" },
    run: { then: "limited", words: "jobs may be lost where many start at once" },
  },
  alone: true,
  async run(at) {
    const words = Array.from({ length: JOBS }, (_, nth) => String(nth));
    const made = await Promise.all(words.map(async (word) => ok(await at.post("jobs", at.draft(word)), 201)));
    const uids = await Promise.all(made.map(async ({ metadata }) => ok(await at.get(`jobs/${metadata.name}`)).metadata.uid));
    expect(new Set(uids).size === JOBS, `${JOBS} jobs have ${new Set(uids).size} uids`);
  },
};
