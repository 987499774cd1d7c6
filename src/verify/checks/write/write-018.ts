// A large object comes back whole.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

const LINES = 5_000;

export const WRITE_018: Check = {
  id: "WRITE-018",
  claim: "a job of 200 KiB is stored and comes back whole",
  matters: "jobs with many errors or resources cannot be finished, or lose what they say",
  advice: "raise the limits of bodies of the proxy and the server to 3 MiB",
  severity: "loss",
  source: "2.4 JobStatus; k8s: apiserver/pkg/endpoints/handlers/rest.go",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "results of large jobs are lost" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const message = Array.from({ length: LINES }, (_, line) => `file ${line} of the repository could not be read`).join("; ");
    ok(await at.put(path, withStatus(made, { state: "working", message })));
    const seen = ok(await at.get(path)).status["message"];
    expect(
      seen === message,
      `of a message of ${message.length} characters ${typeof seen === "string" ? seen.length : "none"} came back`,
    );
  },
};
