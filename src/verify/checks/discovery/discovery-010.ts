// The newer version is served beside the older one.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

const WANTED = ["v0alpha1", "v1beta1"];

export const DISCOVERY_010: Check = {
  id: "DISCOVERY-010",
  claim: "v0alpha1 and v1beta1 are both served, with jobs",
  matters: "clients that know one version alone find no jobs: older ones v0alpha1, newer ones v1beta1",
  advice: "update Grafana to 2026-04 or later, or let all clients use v0alpha1",
  severity: "oddity",
  source: "2.1 Versions and resources",
  eras: ["2026-09"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    for (const version of WANTED) {
      const reply = await at.get(`/apis/${GROUP}/${version}`);
      expect(reply.status === 200, `${version} is not served: it was answered with ${reply.status}`);
      const { resources = [] } = ok(reply) as unknown as { resources?: { name: string }[] };
      expect(resources.some(({ name }) => name === "jobs"), `${version} has no jobs`);
    }
  },
};
