// Who may not create is told so.

import type { Check } from "../../check.ts";
import { expect, refused } from "../../expect.ts";

export const RIGHTS_006: Check = {
  id: "RIGHTS-006",
  claim: "the lesser token cannot create a job: it is refused with 403 in words that name verb and resource",
  matters: "tokens can do more than they were granted, or nobody can tell which right is missing",
  advice: "grant the second token reading alone; if it has no more, report it to whoever runs the server",
  severity: "danger",
  source: "3.5 Authorisation",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "lesser"],
  breaks: {},
  async run(at) {
    const reply = await at.as("lesser").post("jobs", at.draft("a"));
    refused(reply, 403, "Forbidden");
    const { message = "" } = reply.json;
    expect(/\bcreate\b/.test(message) && /\bjobs\b/.test(message), `the refusal says "${message}"`);
  },
};
