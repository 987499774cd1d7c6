// Jobs can be made of a repository.

import type { Check } from "../../check.ts";
import { describedBy } from "../../described.ts";
import { expect } from "../../expect.ts";

export const DISCOVERY_005: Check = {
  id: "DISCOVERY-005",
  claim: "repositories have the sub-resource jobs, which creates and gets",
  matters: "people and Grafana's own pages cannot start jobs",
  advice: "switch provisioning on in the server",
  severity: "trouble",
  source: "3.1 POST to the repository sub-resource",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const jobs = await describedBy(at, "repositories/jobs");
    expect(jobs?.kind === "Job", `its kind is ${jobs?.kind ?? "nothing"}`);
    expect(["create", "get"].every((verb) => jobs.verbs.includes(verb)), `of verbs it has ${jobs.verbs.join(", ") || "none"}`);
  },
};
