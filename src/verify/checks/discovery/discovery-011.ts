// What is not served is refused in the server's own words.

import type { Check } from "../../check.ts";
import { refused } from "../../expect.ts";

export const DISCOVERY_011: Check = {
  id: "DISCOVERY-011",
  claim: "a resource that the group does not have is answered with a Status",
  matters: "messages cannot tell what is missing from the server from a proxy that knows no such path",
  advice: "look for a proxy that answers in the server's place",
  severity: "oddity",
  source: "6.7 Content negotiation and status envelope",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    refused(await at.get("nosuchthings"), 404, "NotFound");
  },
};
