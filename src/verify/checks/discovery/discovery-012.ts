// Finished jobs are kept as objects.

import type { Check } from "../../check.ts";
import { describedBy } from "../../described.ts";
import { expect } from "../../expect.ts";

export const DISCOVERY_012: Check = {
  id: "DISCOVERY-012",
  claim: "historicjobs are served",
  matters: "there is no record of finished jobs to be shown or pruned: Grafana may keep them in Loki instead",
  advice: "where history is in Loki, leave --history-expiration out and skip this check",
  severity: "oddity",
  source: "2.5 HistoricJob; 5.3 Loki alternative (#109249)",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {
    prune: { then: "no", words: "there are no records to prune" },
    history: { then: "no", words: "there are no records to show" },
  },
  async run(at) {
    expect((await describedBy(at, "historicjobs")) !== undefined, "the version that is used here has none");
  },
};
