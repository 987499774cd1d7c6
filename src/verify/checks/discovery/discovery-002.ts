// The preferred version is one that is served.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const DISCOVERY_002: Check = {
  id: "DISCOVERY-002",
  claim: "the group's own path names a preferred version, which is one of those that are served",
  matters: "generic clients choose a version that is not there, and find no kinds",
  advice: "report it to whoever runs the server",
  severity: "oddity",
  source: "k8s: discovery; 2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const { versions, preferredVersion } = ok(await at.get(`/apis/${GROUP}`)) as unknown as {
      versions?: { version: string }[];
      preferredVersion?: { version: string };
    };
    const served = versions?.map(({ version }) => version) ?? [];
    const preferred = preferredVersion?.version;
    const seen = `it prefers ${preferred ?? "none"} and serves ${served.join(", ") || "none"}`;
    at.observe("versions", seen);
    expect(preferred !== undefined && served.includes(preferred), seen);
  },
};
