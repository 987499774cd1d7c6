// What an object is known by.

import type { Check } from "../../check.ts";
import { expect, ok, sameParts } from "../../expect.ts";
import { listed } from "../../own.ts";
import type { Body } from "../../body.ts";

export const LIST_020: Check = {
  id: "LIST-020",
  claim: "objects in lists have the uid, resourceVersion, creationTimestamp, labels, spec and status that GET shows",
  matters: "by uid a job is told from its successor of the same name, by its version it is claimed, by its time it is pruned",
  advice: "look for a proxy that changes answers",
  severity: "loss",
  source: "2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "no", words: "a job cannot be told from its successor" },
    prune: { then: "limited", words: "records whose age cannot be told are kept" },
    drive: { then: "no", words: "jobs cannot be claimed" },
  },
  async run(at) {
    const made = await at.job("a", { status: { state: "pending", message: "trial" } });
    const [seen] = await listed(at, "jobs");
    expect(seen !== undefined, "the job is not in the list");
    const parts = ({ metadata: { uid, resourceVersion, creationTimestamp, labels }, spec, status }: Body) => ({
      uid,
      resourceVersion,
      creationTimestamp,
      labels,
      spec,
      status,
    });
    for (const [name, value] of Object.entries(parts(made))) expect(value !== undefined && value !== "", `the job has no ${name}`);
    sameParts(parts(seen), parts(ok(await at.get(`jobs/${at.name("a")}`))), "the job in the list");
  },
};
