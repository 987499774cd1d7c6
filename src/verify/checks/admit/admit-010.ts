// The resources of a job.

import type { Check } from "../../check.ts";
import { invalid } from "../../expect.ts";

export const ADMIT_010: Check = {
  id: "ADMIT-010",
  claim: "a job of more than 100 resources, or of a kind that is not provisioned, is refused with 422",
  matters: "a single job keeps a worker busy for hours, or fails half way through",
  advice: "split such jobs before they are queued",
  severity: "trouble",
  source: "3.3 Direct creation and admission",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs that make no sense reach workers" } },
  async run(at) {
    const push = (resources: object[]) =>
      at.draft("a", { spec: { pull: undefined, action: "push", push: { branch: "main", resources } } });
    invalid(await at.post("jobs", push(Array.from({ length: 101 }, (_, nth) => ({ name: `d${nth}` })))), "spec.push.resources");
    invalid(
      await at.post("jobs", push([{ name: "a", kind: "Playlist", group: "playlist.grafana.app" }])),
      "spec.push.resources[0]",
    );
  },
};
