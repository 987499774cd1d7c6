// Of many who write one record one does.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { listed, many, words } from "../../own.ts";

const WRITERS = 10;

export const HISTORY_004: Check = {
  id: "HISTORY-004",
  claim: `of ${WRITERS} who create a record of one name at once one succeeds, and there is one record`,
  matters: "two controllers that finish one job leave two records, and asking for its result is answered with 404",
  advice: "run one controller, or take records together by original-uid",
  severity: "loss",
  source: "4.8 Completion; #121266",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { drive: { then: "limited", words: "a job that two controllers finish can have two records" } },
  async run(at) {
    const statuses = await many(
      WRITERS,
      async (nth) => (await at.post("historicjobs", at.recordDraft("a", { status: { message: `writer ${nth}` } }))).status,
    );
    same(
      [201, 409].map((status) => statuses.filter((one) => one === status).length),
      [1, WRITERS - 1],
      "creations that succeeded, and that were refused with 409",
    );
    same(words(at, await listed(at, "historicjobs")), ["a"], "own records in the list");
  },
};
