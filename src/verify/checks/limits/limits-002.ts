// A hundred jobs are listed.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { LABEL_TRIAL, listed, many, words } from "../../own.ts";

const JOBS = 100;

export const LIMITS_002: Check = {
  id: "LIMITS-002",
  claim: "a hundred jobs that are created 16 at a time are all listed",
  matters: "a busy repository's jobs are lost, or never seen",
  advice: "report it to whoever runs the storage",
  severity: "loss",
  source: "6.2 Lists and paging",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "no", words: "jobs are missing from lists" } },
  alone: true,
  limitMs: 60_000,
  async run(at) {
    const metadata = { labels: { [LABEL_TRIAL]: at.name("all") } };
    const made = await many(JOBS, (nth) => at.job(String(nth), { metadata }));
    const seen = await listed(at, `jobs?limit=500&labelSelector=${encodeURIComponent(`${LABEL_TRIAL}=${at.name("all")}`)}`);
    const found = new Set(words(at, seen));
    const missing = words(at, made).filter((word) => !found.has(word));
    expect(missing.length === 0, `${missing.length} of them are missing`);
    same(seen.length, JOBS, "jobs in the list");
  },
};
