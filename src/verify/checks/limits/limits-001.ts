// Who comes too often is told when to come back.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { many } from "../../own.ts";

const READS = 100;

export const LIMITS_001: Check = {
  id: "LIMITS-001",
  claim: "of 100 reads, 16 at a time, each is answered with 200, or with 429 that says when to come back",
  matters: "clients that are turned away without a time come back at once, and make it worse",
  advice: "have the limiter send Retry-After, and raise its limits for this program",
  severity: "trouble",
  source: "6.7 Content negotiation and status envelope",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: [],
  breaks: {
    run: { then: "limited", words: "requests fail under load" },
    prune: { then: "limited", words: "requests fail under load" },
    drive: { then: "limited", words: "requests fail under load" },
  },
  alone: true,
  async run(at) {
    const replies = await many(READS, () => at.get("jobs?limit=1"));
    const wrong = replies.filter(({ status }) => status !== 200);
    expect(wrong[0] === undefined, `${wrong.length} of them got something else: ${wrong[0] && brief(wrong[0])}`);
  },
};
