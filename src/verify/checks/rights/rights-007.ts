// Who may not delete does not.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";

export const RIGHTS_007: Check = {
  id: "RIGHTS-007",
  claim: "the lesser token cannot delete a job: it is refused with 403, and the job stays",
  matters: "jobs vanish by the hand of those who were to read only",
  advice: "grant the second token reading alone; if it has no more, report it to whoever runs the server",
  severity: "danger",
  source: "3.5 Authorisation",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "lesser"],
  breaks: {},
  async run(at) {
    const { metadata } = await at.job("a");
    refused(await at.as("lesser").del(`jobs/${metadata.name}`), 403, "Forbidden");
    same(ok(await at.get(`jobs/${metadata.name}`)).metadata.uid, metadata.uid, "uid of the job afterwards");
  },
};
