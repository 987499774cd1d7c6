// Jobs can be listed, watched and written.

import type { Check } from "../../check.ts";
import { describedBy } from "../../described.ts";
import { expect, same } from "../../expect.ts";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"];

export const DISCOVERY_003: Check = {
  id: "DISCOVERY-003",
  claim: "jobs are namespaced, of kind Job, and can be got, listed, watched, created, updated, patched and deleted",
  matters: "this program cannot follow, claim or end jobs",
  advice: "give the server a newer version",
  severity: "danger",
  source: "2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {
    run: { then: "no", words: "jobs cannot be worked with" },
    prune: { then: "no", words: "jobs cannot be worked with" },
    drive: { then: "no", words: "jobs cannot be worked with" },
  },
  async run(at) {
    const jobs = await describedBy(at, "jobs");
    same([jobs?.kind, jobs?.namespaced], ["Job", true], "kind of jobs, and whether they are namespaced");
    const missing = VERBS.filter((verb) => !jobs?.verbs.includes(verb));
    expect(missing.length === 0, `jobs do not have ${missing.join(", ")}`);
  },
};
