// What is too large is refused.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

/** The API server's own limit is 3 MiB. */
const LENGTH = 3 * 2 ** 20 + 50_000;

export const LIMITS_003: Check = {
  id: "LIMITS-003",
  claim: "a body of more than 3 MiB is refused with 413",
  matters: "one object can fill the server's memory, and lists that hold it become too large to be read",
  advice: "limit bodies at the proxy before the server",
  severity: "trouble",
  source: "k8s: apiserver MaxRequestBodyBytes",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  alone: true,
  async run(at) {
    const reply = await at.post("jobs?dryRun=All", withStatus(at.draft("a"), { message: "x".repeat(LENGTH) }));
    at.observe("answer to more than 3 MiB", reply.status);
    expect(reply.status === 413, `expected 413, got ${brief(reply)}`);
  },
};
