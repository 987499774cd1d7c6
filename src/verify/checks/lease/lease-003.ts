// Each job has one owner, who was told so.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { claimedBy, ownerOf } from "../../objects.ts";
import { many } from "../../own.ts";

const JOBS = 10;
const WORKERS = 5;

export const LEASE_003: Check = {
  id: "LEASE-003",
  claim: "of workers that claim the same jobs at the same time each job gets one, and it is the one that was answered with 200",
  matters: "work is done twice at the same time, or a job has an owner that does not know of it",
  advice: "give every controller --claim-settle=2s, and update Grafana to 2025-10 or later",
  severity: "danger",
  source: "4.3 Claiming; #111866",
  eras: ["2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "two workers can own one job: use --claim-settle=2s" } },
  async run(at) {
    const jobs = await many(JOBS, (nth) => at.job(String(nth)));
    const claims = await Promise.all(jobs.flatMap((job) =>
      Array.from({ length: WORKERS }, async (_, nth) => {
        const owner = at.name(`w${nth}`);
        const { status } = await at.put(`jobs/${job.metadata.name}`, claimedBy(job, owner, at.clock.now()));
        return { name: job.metadata.name, owner, status };
      })
    ));
    for (const { metadata: { name } } of jobs) {
      const told = claims.filter((claim) => claim.name === name && claim.status === 200).map(({ owner }) => owner);
      expect(told.length === 1, `of ${WORKERS} workers ${told.length} were told that job ${name} is theirs`);
      same(ownerOf(ok(await at.get(`jobs/${name}`))), told[0], `the owner of job ${name} beside the worker that was answered with 200`);
    }
  },
};
