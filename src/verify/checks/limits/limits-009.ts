// A queue takes more than a handful of jobs.

import { LABEL_CLAIM } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { many } from "../../own.ts";
import { pull, someRepository } from "../../queue.ts";

const WAITING = 10;

export const LIMITS_009: Check = {
  id: "LIMITS-009",
  claim: `a pull is queued though ${WAITING} other jobs of its namespace wait`,
  matters: "jobs are refused while others wait, and whoever does not try again loses them",
  advice: "raise the limit of the queue, or add workers",
  severity: "trouble",
  source: "3.1 POST to the repository sub-resource (#129085)",
  eras: ["2025-08", "2026-09"],
  profile: "full",
  needs: ["write"],
  makes: `${WAITING} jobs that wait, and an incremental pull of a healthy repository of the namespace, if there is one`,
  breaks: { drive: { then: "limited", words: "no more than a few jobs can wait" } },
  alone: true,
  async run(at) {
    const repository = await someRepository(at);
    // An empty claim is none, but keeps workers away: they look for jobs without the label.
    await many(WAITING, (nth) => at.job(String(nth), { metadata: { labels: { [LABEL_CLAIM]: "" } } }));
    const reply = await pull(at, repository);
    expect(reply.status >= 200 && reply.status < 300, `expected 202, got ${brief(reply)}`);
  },
};
