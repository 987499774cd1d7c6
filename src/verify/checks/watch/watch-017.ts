// A watch from nowhere is refused.

import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

export const WATCH_017: Check = {
  id: "WATCH-017",
  claim: "a watch from a resourceVersion that is no number is refused",
  matters: "a client whose version was garbled watches from some other point, and misses what is between",
  advice: "look for a proxy that drops the query",
  severity: "trouble",
  source: "6.1 resourceVersion",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const reply = await at.get("jobs?watch=1&timeoutSeconds=1&resourceVersion=garbage");
    at.observe("answer to a watch from what is no version", reply.status);
    expect(reply.status >= 400, `expected a refusal, got ${brief(reply)}`);
    expect(reply.json.kind === "Status", `expected a Status, got ${brief(reply)}`);
  },
};
