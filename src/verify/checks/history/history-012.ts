// History is not the queue.

import type { Check } from "../../check.ts";
import { refused, same } from "../../expect.ts";
import { listed, words } from "../../own.ts";

export const HISTORY_012: Check = {
  id: "HISTORY-012",
  claim: "records are no jobs: they are not in the list of jobs, and a name can be a job's and a record's at once",
  matters: "finished jobs are begun again, or the record of a job cannot be written while it is there",
  advice: "do not drive jobs on this server until it is repaired",
  severity: "danger",
  source: "2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: {
    run: { then: "limited", words: "results are told as jobs" },
    drive: { then: "no", words: "finished jobs are begun again" },
  },
  async run(at) {
    await at.made("historicjobs", at.recordDraft("record"));
    refused(await at.get(`jobs/${at.name("record")}`), 404, "NotFound");
    await at.job("both");
    await at.made("historicjobs", at.recordDraft("both"));
    same(words(at, await listed(at, "jobs")), ["both"], "own jobs in the list of jobs");
    same(words(at, await listed(at, "historicjobs")).sort(), ["both", "record"], "own records in the list of records");
  },
};
