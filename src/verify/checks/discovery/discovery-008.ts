// What is not served is not found.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

export const DISCOVERY_008: Check = {
  id: "DISCOVERY-008",
  claim: "a version and a resource that are not served are answered with 404",
  matters: "this program cannot tell a version or history that is not there from a server that is down, and retries for ever",
  advice: "look for a proxy that answers in the server's place",
  severity: "trouble",
  source: "k8s: discovery; 2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {
    run: { then: "limited", words: "--api-version must be given" },
    prune: { then: "limited", words: "--api-version must be given" },
    drive: { then: "limited", words: "--api-version must be given" },
  },
  async run(at) {
    for (const path of [`/apis/${GROUP}/v9none1/jobs`, "nosuchthings"]) {
      const reply = await at.get(path);
      expect(reply.status === 404, `GET ${path}: expected 404, got ${brief(reply)}`);
    }
  },
};
