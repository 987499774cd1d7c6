// Whether an object may be stored: its kind, its metadata's causes, its schema, and what provisioning itself demands.

import { groupVersion, type Kind } from "../resources.ts";
import type { Resourced } from "../state/object.ts";
import { invalidObject, invalidValue } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";
import { admit } from "./admission.ts";
import type { Expected } from "./decode.ts";
import { breaches } from "./schema-check.ts";
import type { Schema } from "./schema-parts.ts";
import { SCHEMAS } from "./schema.ts";

/** `causes` = what is wrong with the metadata. @throws Refusal 422 */
export function checkObject(expected: Expected, object: Resourced, causes: readonly Cause[]): void {
  const { resource, behaviour } = expected;
  const name = object.metadata?.name ?? "";
  // Built-in kinds have been checked as they were decoded.
  const custom = behaviour.kinds === "custom";
  const claims = custom ? claimCauses(expected, object) : [];
  if (claims.length > 0) throw invalidObject(object.kind ?? "", name, claims, groupOf(object.apiVersion));
  const { spec, status } = object;
  const all = [...causes, ...(custom ? breaches(contentSchema(resource.kind), { spec, status }, "") : [])];
  if (all.length > 0) throw invalidObject(resource.kind, name, all);
  admit(resource.name, object, behaviour);
}

function claimCauses({ resource, version }: Expected, { kind, apiVersion }: Resourced): Cause[] {
  const wanted = groupVersion(version);
  return [
    ...(kind === resource.kind ? [] : [invalidValue("kind", kind ?? "", `must be ${resource.kind}`)]),
    ...(apiVersion === wanted ? [] : [invalidValue("apiVersion", apiVersion ?? "", `must be ${wanted}`)]),
  ];
}

function groupOf(apiVersion = ""): string {
  return apiVersion.includes("/") ? apiVersion.replace(/\/.*$/, "") : "";
}

/** The schema of an object without its envelope. */
function contentSchema(kind: Kind): Schema {
  const { properties = {}, ...schema }: Schema = SCHEMAS[kind];
  const { spec, status } = properties;
  return { ...schema, properties: { ...(spec && { spec }), ...(status && { status }) } };
}

