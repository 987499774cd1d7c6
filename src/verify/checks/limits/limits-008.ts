// Annotations are limited.

import type { Check } from "../../check.ts";
import { ok, refused } from "../../expect.ts";

const KEPT = 200_000;
const REFUSED = 300_000;

export const LIMITS_008: Check = {
  id: "LIMITS-008",
  claim: "annotations of 200 kB are kept, and of 300 kB refused with 422",
  matters: "objects grow until lists of them cannot be read, or what is written to them is lost",
  advice: "report it to whoever runs the server",
  severity: "oddity",
  source: "k8s: apimachinery/pkg/api/validation/objectmeta.go",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  alone: true,
  async run(at) {
    const noted = (length: number) => ({ metadata: { annotations: { "job-controller/note": "x".repeat(length) } } });
    ok(await at.post("jobs", at.draft("a", noted(KEPT))), 201);
    refused(await at.post("jobs", at.draft("b", noted(REFUSED))), 422, "Invalid");
  },
};
