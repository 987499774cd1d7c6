// An object belongs to the namespace of the path.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

export const WRITE_022: Check = {
  id: "WRITE-022",
  claim: "an object that names another namespace than the path is refused with 400",
  matters: "a job of one organization is queued for another, whose credentials it then uses",
  advice: "let no client write whose namespace is not its own, and report it",
  severity: "danger",
  source: "k8s: apiserver/pkg/registry/rest/create.go",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "jobs can land in namespaces of others" } },
  async run(at) {
    const stray = at.draft("a", { metadata: { namespace: `${at.namespace}-other` } });
    refused(await at.post("jobs", stray), 400, "BadRequest");
    const made = await at.job("b");
    refused(
      await at.put(`jobs/${made.metadata.name}`, { ...made, metadata: { ...made.metadata, namespace: `${at.namespace}-other` } }),
      400,
      "BadRequest",
    );
  },
};
