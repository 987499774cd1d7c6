// Of many creations under one name one succeeds.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";

const CREATORS = 10;

export const NAME_003: Check = {
  id: "NAME-003",
  claim: "of ten racing creations under one name one succeeds and the others are refused with 409",
  matters: "people, webhooks and schedules ask for the same pull at once, and it runs more than once",
  advice: "let one client alone create jobs, and report it",
  severity: "danger",
  source: "3.4 Names; #121266, #122078",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "two jobs of a repository can run at once" } },
  async run(at) {
    const replies = await Promise.all(Array.from({ length: CREATORS }, () => at.post("jobs", at.draft("a"))));
    const made = replies.filter(({ status }) => status === 201);
    same(
      [made.length, replies.filter(({ status }) => status === 409).length],
      [1, CREATORS - 1],
      "creations that succeeded, creations refused with 409",
    );
    same(ok(await at.get(`jobs/${at.name("a")}`)).metadata.uid, made[0]?.json.metadata.uid, "the uid of the job that is there");
  },
};
