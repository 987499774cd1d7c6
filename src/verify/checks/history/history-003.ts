// A record's name is taken once.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";

export const HISTORY_003: Check = {
  id: "HISTORY-003",
  claim: "a record whose name is taken is refused with 409, and the first stays as it was",
  matters: "a result that is written again after a lost answer replaces the first, or is there twice",
  advice: "look for a proxy that changes answers or methods",
  severity: "loss",
  source: "6.5 Create and update; #121266",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { drive: { then: "limited", words: "results of jobs can be written twice" } },
  async run(at) {
    const first = await at.made("historicjobs", at.recordDraft("a", { status: { message: "first" } }));
    refused(await at.post("historicjobs", at.recordDraft("a", { status: { message: "second" } })), 409, "AlreadyExists", "Conflict");
    const { metadata, status } = ok(await at.get(`historicjobs/${at.name("a")}`));
    same([metadata.uid, status["message"]], [first.metadata.uid, "first"], "uid and message of the record");
  },
};
