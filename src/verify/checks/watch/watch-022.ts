// A version that is none is the client's mistake.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

export const WATCH_022: Check = {
  id: "WATCH-022",
  claim: "a watch from a resourceVersion that is no number is refused with 400, as a mistake of the client's",
  matters: "clients take 5xx for trouble of the server that passes, and try again for ever",
  advice: "begin anew with a list after each refusal that repeats itself",
  severity: "oddity",
  source: "6.1 resourceVersion",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    refused(await at.get("jobs?watch=1&timeoutSeconds=1&resourceVersion=garbage"), 400);
  },
};
