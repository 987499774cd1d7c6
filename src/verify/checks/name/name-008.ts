// A repository that is not there takes no jobs.

import type { Check } from "../../check.ts";
import { expect, refused } from "../../expect.ts";
import { tryPull } from "../../queue.ts";

export const NAME_008: Check = {
  id: "NAME-008",
  claim: "a job for a repository that is not there is refused with 404, and none is queued",
  matters: "jobs are queued that no worker can do, and end in error",
  advice: "look at the names of repositories before jobs are queued",
  severity: "trouble",
  source: "3.1 POST to the repository sub-resource",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const missing = at.name("missing");
    refused(await tryPull(at, missing), 404, "NotFound");
    const { status } = await at.get(`jobs/${missing}-sync`);
    expect(status === 404, `after the refusal a GET of job ${missing}-sync was answered with ${status}`);
  },
};
