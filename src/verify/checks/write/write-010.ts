// A write to what is gone is refused, in one of the ways that are known.

import type { Check } from "../../check.ts";
import { brief, expect, ok } from "../../expect.ts";
import { otherwise } from "../../objects.ts";

export const WRITE_010: Check = {
  id: "WRITE-010",
  claim: "a PUT with a resourceVersion to a job that is gone is refused and makes nothing",
  matters: "a worker brings a job back that is finished or was deleted, and it runs again",
  advice: "do not run workers against it",
  severity: "danger",
  source: "6.5 Create and update; #129212",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "late workers bring jobs back that are gone" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    ok(await at.del(path));
    const reply = await at.put(path, otherwise(made));
    at.observe("answer to a PUT to a job that is gone", reply.status);
    const known = [404, 409].includes(reply.status) ||
      (reply.status === 500 && reply.text.includes("should not be set on objects to be created"));
    expect(known, `expected 404, 409 or the 500 of older servers, got ${brief(reply)}`);
    const after = await at.get(path);
    expect(after.status === 404, `after the refusal the job is there: ${brief(after)}`);
  },
};
