// One PUT writes labels, spec and status.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { otherwise, withLabels, withStatus } from "../../objects.ts";

export const WRITE_005: Check = {
  id: "WRITE-005",
  claim: "one PUT writes labels, spec and status together",
  matters: "progress and results of jobs are lost, or claims are, since workers write both at once",
  advice: "do not run workers against it; a job's status must not be a sub-resource",
  severity: "danger",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "claims or results are not written" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const next = withStatus(withLabels(otherwise(made), { mark: "m" }), { state: "working", message: "in one write" });
    ok(await at.put(path, next));
    const { metadata, spec, status } = ok(await at.get(path));
    same([metadata.labels?.["mark"], spec["pull"]], ["m", next.spec["pull"]], "label and options");
    same([status["state"], status["message"]], ["working", "in one write"], "state and message");
  },
};
