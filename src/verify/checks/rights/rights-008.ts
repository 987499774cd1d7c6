// Who may not update does not.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

export const RIGHTS_008: Check = {
  id: "RIGHTS-008",
  claim: "the lesser token cannot update a job: PUT and PATCH are refused with 403, and it stays as it is",
  matters: "whoever may read can claim jobs, and end them",
  advice: "grant the second token reading alone; if it has no more, report it to whoever runs the server",
  severity: "danger",
  source: "3.5 Authorisation; 4.2 Claiming",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "lesser"],
  breaks: {},
  async run(at) {
    const job = await at.job("a");
    const path = `jobs/${job.metadata.name}`;
    const lesser = at.as("lesser");
    refused(await lesser.put(path, withStatus(job, { state: "error" })), 403, "Forbidden");
    refused(await lesser.patch(path, { status: { state: "error" } }), 403, "Forbidden");
    same(ok(await at.get(path)).metadata.resourceVersion, job.metadata.resourceVersion, "version of the job afterwards");
  },
};
