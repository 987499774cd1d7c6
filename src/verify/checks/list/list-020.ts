// What an object is known by.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { listed } from "../../own.ts";

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
    const shown = (await at.get(`jobs/${at.name("a")}`)).json;
    const facts = ({ metadata, spec, status }: typeof made) => {
      const { uid, resourceVersion, creationTimestamp, labels } = metadata;
      return { uid, resourceVersion, creationTimestamp, labels, spec, status };
    };
    expect(seen !== undefined, "the job is not in the list");
    for (const [name, value] of Object.entries(facts(made))) expect(value !== undefined && value !== "", `the job has no ${name}`);
    same(facts(seen), facts(shown), "the job in the list");
  },
};
