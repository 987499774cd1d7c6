// The kinds have a schema.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const DISCOVERY_006: Check = {
  id: "DISCOVERY-006",
  claim: "OpenAPI v3 has a document for the version that is used here, with the kind Job in it",
  matters: "generators of clients and kubectl explain know nothing of jobs",
  advice: "report it to whoever runs the server",
  severity: "oddity",
  source: "2.1 Versions and resources; k8s: OpenAPI v3",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: {},
  async run(at) {
    const paths = ok(await at.get("/openapi/v3"))["paths"] as Record<string, { serverRelativeURL: string }> | undefined;
    const url = paths?.[at.api.slice(1)]?.serverRelativeURL;
    expect(url !== undefined, `/openapi/v3 names no document for ${at.api}`);
    interface Schema {
      "x-kubernetes-group-version-kind"?: { group: string; kind: string }[];
    }
    const { schemas } = ok(await at.get(url))["components"] as { schemas: Record<string, Schema> };
    const kinds = Object.values(schemas).flatMap((schema) => schema["x-kubernetes-group-version-kind"] ?? []);
    const found = kinds.some(({ group, kind }) => group === GROUP && kind === "Job");
    expect(found, `none of its ${Object.keys(schemas).length} schemas is that of Job`);
  },
};
