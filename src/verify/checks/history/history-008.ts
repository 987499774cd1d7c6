// A record says what its writer said.

import type { Check } from "../../check.ts";
import { ok, sameParts } from "../../expect.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_REPOSITORY } from "../../../provisioning.ts";

const LABELS = { [LABEL_REPOSITORY]: "trial", [LABEL_CLAIM]: "1754663461566", [LABEL_CLAIM_OWNER]: "trial" };
const STATUS = {
  state: "error",
  message: "trial",
  errors: ["one", "two"],
  started: 1_754_663_461_566,
  finished: 1_754_663_462_566,
  progress: 50,
};

export const HISTORY_008: Check = {
  id: "HISTORY-008",
  claim: "a record shows spec, labels, state, message, errors and times as they were written",
  matters: "people read in the history that a job succeeded which had failed, or not why",
  advice: "look at the log of the controller, which tells each result as well",
  severity: "loss",
  source: "2.3 HistoricJob; 4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: {
    drive: { then: "limited", words: "results of jobs are not kept as they were: keep the log" },
    history: { then: "no", words: "results are not shown as they were" },
  },
  async run(at) {
    const draft = at.recordDraft("a", { metadata: { labels: LABELS }, spec: { pull: { incremental: true } }, status: STATUS });
    await at.made("historicjobs", draft);
    const { metadata, spec, status } = ok(await at.get(`historicjobs/${at.name("a")}`));
    sameParts(metadata.labels ?? {}, LABELS, "the record's labels");
    sameParts(spec, draft.spec, "the record's spec");
    sameParts(status, STATUS, "the record's status");
  },
};
