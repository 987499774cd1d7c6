// Fields of another version of the API are no reason to refuse.

import type { Check } from "../../check.ts";
import { ok } from "../../expect.ts";

export const WRITE_021: Check = {
  id: "WRITE-021",
  claim: "fields that the server does not know are dropped or kept, and no reason to refuse a write",
  matters: "a worker that is newer than the server can finish no job",
  advice: "keep the program and the server at versions of the same time",
  severity: "trouble",
  source: "2.3 Actions; k8s: field validation",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "workers that are newer than the server cannot write" } },
  async run(at) {
    const job = at.draft("a", { status: { state: "working", fieldOfTomorrow: 1 }, spec: { fieldOfTomorrow: { deep: true } } });
    const made = ok(await at.post("jobs", job), 201);
    const written = ok(
      await at.put(`jobs/${made.metadata.name}`, {
        ...made,
        fieldOfTomorrow: "top",
        status: { ...made.status, fieldOfTomorrow: 2 },
      }),
    );
    at.observe(
      "unknown fields of spec and status are kept",
      [made.spec, written.status].every((part) => "fieldOfTomorrow" in (part ?? {})),
    );
  },
};
