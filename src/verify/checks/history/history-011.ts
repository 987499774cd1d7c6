// Each kind has its own watch.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { briefly, ownEvent, versionNow, watching } from "../../own.ts";

export const HISTORY_011: Check = {
  id: "HISTORY-011",
  claim: "a watch of records tells of a new record, and a watch of jobs does not",
  matters: "each result is taken for a new job, or the history is not seen to grow",
  advice: "look for a proxy that mixes streams up",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { run: { then: "limited", words: "results can be told as jobs" } },
  async run(at) {
    const jobs = await watching(at, await versionNow(at));
    const records = await watching(at, await versionNow(at, "historicjobs"), "", "historicjobs");
    await at.made("historicjobs", at.recordDraft("record"));
    const { type, object } = await ownEvent(at, records);
    same([type, object.kind, object.metadata.name], ["ADDED", "HistoricJob", at.name("record")], "the event of the records");
    await at.job("job");
    same(briefly(at, [await ownEvent(at, jobs)]), ["ADDED job"], "the event of the jobs");
  },
};
