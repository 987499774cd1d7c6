// A record is found by the job that it is of.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, listed, words } from "../../own.ts";
import { LABEL_ORIGINAL_UID } from "../../../provisioning.ts";

export const HISTORY_001: Check = {
  id: "HISTORY-001",
  claim: "a record is found by the uid of its job in the label original-uid, once and without others",
  matters: "what became of a job is not known, or shown twice",
  advice: "look at the log of the controller, which tells each result as well",
  severity: "loss",
  source: "4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: {
    drive: { then: "limited", words: "results of jobs can be lost: keep the log" },
    history: { then: "no", words: "records are not found by their job" },
  },
  async run(at) {
    for (const job of await at.jobs("a", "b")) {
      const word = job.metadata.name.endsWith("a") ? "of-a" : "of-b";
      await at.made("historicjobs", at.recordDraft(word, { metadata: { labels: { [LABEL_ORIGINAL_UID]: job.metadata.uid } } }));
      const found = await listed(at, `historicjobs?${byLabel(`${LABEL_ORIGINAL_UID}=${job.metadata.uid}`)}`);
      same(words(at, found), [word], `own records of job ${job.metadata.name}`);
    }
  },
};
