// A version of the future is not there yet.

import type { Check } from "../../check.ts";
import { brief, expect, ok } from "../../expect.ts";
import { versionOf } from "../../own.ts";

export const LIST_017: Check = {
  id: "LIST-017",
  claim: "a list that must not be older than a version of the future is refused with 400 or 504",
  matters: "after a restored backup clients take the old state for the newest, and forget what they knew",
  advice: "restart clients after a backup was restored",
  severity: "trouble",
  source: "6.1 resourceVersion; #126004",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const future = versionOf(ok(await at.get("jobs?limit=1"))) * 2n + 1_000_000n;
    const reply = await at.get(`jobs?limit=1&resourceVersionMatch=NotOlderThan&resourceVersion=${future}`);
    at.observe("answer to a version of the future", reply.status);
    expect([400, 504].includes(reply.status), `expected 400 or 504 for version ${future}, got ${brief(reply)}`);
  },
};
