// Objects are dated by the same clock.

import type { Check } from "../../check.ts";
import { dateOf } from "../../date.ts";
import { expect, ok } from "../../expect.ts";

const LIMIT_MS = 5_000;

export const CLOCK_003: Check = {
  id: "CLOCK-003",
  claim: "the creationTimestamp of a new job is the time of the answer's Date",
  matters: "records are pruned too early or too late, since their age is reckoned from it",
  advice: "set the clocks of all replicas and of the storage by NTP",
  severity: "trouble",
  source: "5.1 Rule",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { prune: { then: "limited", words: "records may be deleted too early or too late" } },
  async run(at) {
    const reply = await at.post("jobs", at.draft("a"));
    const { creationTimestamp = "" } = ok(reply, 201).metadata;
    const apartMs = Date.parse(creationTimestamp) - dateOf(reply);
    expect(Math.abs(apartMs) <= LIMIT_MS, `creationTimestamp is "${creationTimestamp}", and Date ${reply.header("date")}`);
  },
};
