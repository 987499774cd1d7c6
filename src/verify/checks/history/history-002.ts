// The age of a record is the server's word.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";

const OLD = "2001-01-01T00:00:00Z";
const UID = "00000000-0000-4000-8000-000000000000";

export const HISTORY_002: Check = {
  id: "HISTORY-002",
  claim: "a record has a uid and a creationTimestamp of the server's, whatever its writer sent",
  matters: "a record that was copied from its job is as old as the job, and pruned before anybody has read it",
  advice: "leave uid and creationTimestamp out of records, as this program does",
  severity: "trouble",
  source: "4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { prune: { then: "limited", words: "the age of records is what their writers say" } },
  async run(at) {
    const { metadata } = await at.made("historicjobs", at.recordDraft("a", { metadata: { uid: UID, creationTimestamp: OLD } }));
    expect(metadata.uid !== UID && metadata.uid !== "", `the record has the uid ${metadata.uid}`);
    expect(
      !Number.isNaN(Date.parse(metadata.creationTimestamp ?? "")),
      `the record was created at ${metadata.creationTimestamp ?? "no time"}`,
    );
    expect(metadata.creationTimestamp !== OLD, `the record was created at ${OLD}, as was sent`);
  },
};
