// Labels are what selectors can select.

import type { Check } from "../../check.ts";
import { invalid, refused } from "../../expect.ts";

export const ADMIT_013: Check = {
  id: "ADMIT-013",
  claim: "labels that no selector could name are refused, with 422, and those that are no text with 400",
  matters: "claims and owners are labels: what cannot be selected is never found, nor cleaned up",
  advice: "let no client write labels of other forms",
  severity: "oddity",
  source: "k8s: apimachinery/pkg/apis/meta/v1/validation",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const labelled = (labels: object) => at.post("jobs", at.draft("a", { metadata: { labels } }));
    invalid(await labelled({ mark: "two words" }), "metadata.labels");
    invalid(await labelled({ "bad key!": "v" }), "metadata.labels");
    refused(await labelled({ mark: 5 }), 400, "BadRequest");
  },
};
