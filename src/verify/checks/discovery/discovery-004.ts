// Records can be listed, written and deleted.

import type { Check } from "../../check.ts";
import { describedBy } from "../../described.ts";
import { expect, same } from "../../expect.ts";

const VERBS = ["get", "list", "create", "delete"];

export const DISCOVERY_004: Check = {
  id: "DISCOVERY-004",
  claim: "historicjobs are namespaced, of kind HistoricJob, and can be got, listed, created and deleted",
  matters: "finished jobs leave no record, or records pile up",
  advice: "give the server a newer version",
  severity: "loss",
  source: "2.1 Versions and resources; 2.5 HistoricJob",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["history"],
  breaks: {
    prune: { then: "no", words: "records cannot be deleted" },
    drive: { then: "limited", words: "finished jobs leave no record" },
    history: { then: "no", words: "records cannot be listed" },
  },
  async run(at) {
    const records = await describedBy(at, "historicjobs");
    same([records?.kind, records?.namespaced], ["HistoricJob", true], "kind of historicjobs, and whether they are namespaced");
    const missing = VERBS.filter((verb) => !records?.verbs.includes(verb));
    expect(missing.length === 0, `historicjobs do not have ${missing.join(", ")}`);
  },
};
