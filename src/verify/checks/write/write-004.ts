// Writes that follow each other do not conflict.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

const WRITES = 20;

export const WRITE_004: Check = {
  id: "WRITE-004",
  claim: "writes that each name the version of the answer before all succeed",
  matters: "the only writer of a job is told of conflicts: three in a row and the worker takes its lease for lost",
  advice: "look for a second controller that writes to claimed jobs; on Grafana with SQLite lower the number of workers",
  severity: "trouble",
  source: "6.5 Create and update; #117807, #130334",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "workers can be told of conflicts that are none" } },
  async run(at) {
    let job = await at.job("a");
    for (let progress = 1; progress <= WRITES; progress++) {
      const reply = await at.put(`jobs/${job.metadata.name}`, withStatus(job, { state: "working", progress }));
      expect(reply.status === 200, `write ${progress} of ${WRITES}, made of the answer before, got ${brief(reply)}`);
      job = reply.json;
    }
  },
};
