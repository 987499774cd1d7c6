// Records outlive their jobs.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { LABEL_ORIGINAL_UID } from "../../../provisioning.ts";

export const HISTORY_010: Check = {
  id: "HISTORY-010",
  claim: "a record is there after its job was deleted, unchanged",
  matters: "jobs are finished by a record and then their deletion: the result would be lost with the job",
  advice: "keep the log of the controller, which tells each result as well",
  severity: "loss",
  source: "4.8 Completion",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { drive: { then: "limited", words: "results of jobs can be lost: keep the log" } },
  async run(at) {
    const { metadata: job } = await at.job("a");
    const record = await at.made("historicjobs", at.recordDraft("a", { metadata: { labels: { [LABEL_ORIGINAL_UID]: job.uid } } }));
    ok(await at.del(`jobs/${job.name}`, { preconditions: { uid: job.uid } }));
    await at.clock.sleep(200);
    const { metadata } = ok(await at.get(`historicjobs/${at.name("a")}`));
    same(
      [metadata.uid, metadata.resourceVersion],
      [record.metadata.uid, record.metadata.resourceVersion],
      "uid and version of the record",
    );
  },
};
