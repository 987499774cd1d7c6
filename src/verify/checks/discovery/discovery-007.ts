// The server says what it is.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const DISCOVERY_007: Check = {
  id: "DISCOVERY-007",
  claim: "/version is JSON that names the version",
  matters: "reports and messages cannot say which server they speak of",
  advice: "look for a proxy that answers in its place",
  severity: "oddity",
  source: "k8s: version",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const { gitVersion } = ok(await at.get("/version"));
    expect(typeof gitVersion === "string" && gitVersion !== "", "there is no gitVersion");
  },
};
