// What is gone is gone.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";
import { listed, words } from "../../own.ts";

export const HISTORY_007: Check = {
  id: "HISTORY-007",
  claim: "a deleted record is in no list, and deleting it again is answered with 404",
  matters: "two who prune at once take each other's work for trouble, and try again for ever",
  advice: "run one controller with --history-expiration",
  severity: "trouble",
  source: "5.1 Rule",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { prune: { then: "limited", words: "records are asked to be deleted again and again" } },
  async run(at) {
    for (const word of ["a", "b"]) await at.made("historicjobs", at.recordDraft(word));
    ok(await at.del(`historicjobs/${at.name("a")}`));
    refused(await at.del(`historicjobs/${at.name("a")}`), 404, "NotFound");
    same(words(at, await listed(at, "historicjobs")), ["b"], "own records in the list");
  },
};
