// Time goes on.

import type { Check } from "../../check.ts";
import { dateOf } from "../../date.ts";
import { expect } from "../../expect.ts";

export const CLOCK_004: Check = {
  id: "CLOCK-004",
  claim: "the Date of an answer is later than that of one from two seconds before",
  matters: "answers come from a cache: lists are old, and so is what is done upon them",
  advice: "let no proxy cache answers of the API",
  severity: "loss",
  source: "RFC 9111 5.1; 6.1 resourceVersion",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: [],
  breaks: {
    run: { then: "limited", words: "lists may be old" },
    prune: { then: "limited", words: "lists may be old" },
    drive: { then: "limited", words: "lists may be old" },
  },
  async run(at) {
    const before = await at.get("jobs?limit=1");
    await at.clock.sleep(2_000);
    const after = await at.get("jobs?limit=1");
    expect(dateOf(after) > dateOf(before), `both answers say ${after.header("date")}`);
  },
};
