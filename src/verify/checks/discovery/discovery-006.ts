// The kinds have a schema.

import { GROUP } from "../../../provisioning.ts";
import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import type { Place } from "../../place.ts";

/** The document follows the kinds with some delay. */
const ATTEMPTS = 8;
const PAUSE_MS = 500;

interface Schema {
  "x-kubernetes-group-version-kind"?: { group: string; kind: string }[];
}

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
    let missing = await lack(at);
    for (let left = ATTEMPTS - 1; missing !== undefined && left > 0; left--) {
      await at.clock.sleep(PAUSE_MS);
      missing = await lack(at);
    }
    expect(missing === undefined, missing ?? "");
  },
};

/** What is missing; undefined if nothing is. */
async function lack(at: Place): Promise<string | undefined> {
  const paths = ok(await at.get("/openapi/v3"))["paths"] as Record<string, { serverRelativeURL: string }> | undefined;
  const url = paths?.[at.api.slice(1)]?.serverRelativeURL;
  if (url === undefined) return `/openapi/v3 names no document for ${at.api}`;
  const { components } = ok(await at.get(url)) as { components?: { schemas?: Record<string, Schema> } };
  const schemas = Object.values(components?.schemas ?? {});
  const kinds = schemas.flatMap((schema) => schema["x-kubernetes-group-version-kind"] ?? []);
  const found = kinds.some(({ group, kind }) => group === GROUP && kind === "Job");
  return found ? undefined : `none of its ${schemas.length} schemas is that of Job`;
}
