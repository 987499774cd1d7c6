// The right record is deleted, or none.

import type { Check } from "../../check.ts";
import { ok, refused } from "../../expect.ts";

const OTHER = "00000000-0000-4000-8000-000000000000";

export const HISTORY_006: Check = {
  id: "HISTORY-006",
  claim: "a record is deleted under its uid, and not under another: that is refused with 409",
  matters: "pruning deletes a record that took the name of the one that was meant, with a result that nobody has read",
  advice: "turn pruning off on this server: --history-expiration=0",
  severity: "danger",
  source: "6.6 Delete",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { prune: { then: "no", words: "a newer record of the same name is deleted" } },
  async run(at) {
    const { metadata } = await at.made("historicjobs", at.recordDraft("a"));
    refused(await at.del(`historicjobs/${metadata.name}`, { preconditions: { uid: OTHER } }), 409, "Conflict");
    ok(await at.get(`historicjobs/${metadata.name}`));
    ok(await at.del(`historicjobs/${metadata.name}`, { preconditions: { uid: metadata.uid } }));
    refused(await at.get(`historicjobs/${metadata.name}`), 404, "NotFound");
  },
};
