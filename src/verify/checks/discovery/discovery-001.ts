// The group is listed.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const DISCOVERY_001: Check = {
  id: "DISCOVERY-001",
  claim: "/apis lists the group provisioning.grafana.app with the version that is used here",
  matters: "kubectl and other generic clients do not find the kinds",
  advice: "switch provisioning on in the server",
  severity: "oddity",
  source: "k8s: discovery; 2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const groups = ok(await at.get("/apis"))["groups"] as { name: string; versions?: { version: string }[] }[] | undefined;
    const group = groups?.find(({ name }) => name === GROUP);
    expect(group !== undefined, `there is no ${GROUP} among ${groups?.length ?? "no"} groups`);
    const versions = group.versions?.map(({ version }) => version) ?? [];
    expect(versions.includes(at.version), `${at.version} is not among its versions: ${versions.join(", ") || "there are none"}`);
  },
};
