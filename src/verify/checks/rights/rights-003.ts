// A forged token cannot watch.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";

export const RIGHTS_003: Check = {
  id: "RIGHTS-003",
  claim: "a watch with a token that nobody has issued is refused with 401 before it begins",
  matters: "anybody can follow all jobs; and this program takes a watch for open whose token has ended",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content; 6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const { status } = await at.as("forged").watch("jobs?watch=1&timeoutSeconds=5");
    expect(status === 401, `expected 401, got ${status}`);
  },
};
