// The schema of each kind, and what of an object is not in it. Everything that describes or checks fields is made from this.

import { JOB_SPEC, JOB_STATUS } from "./schema-jobs.ts";
import { METADATA } from "./schema-metadata.ts";
import { object, type Schema, text } from "./schema-parts.ts";
import { REPOSITORY_SPEC, REPOSITORY_STATUS } from "./schema-repositories.ts";

const ENVELOPE: Record<string, Schema> = {
  apiVersion: text("Group and version of the schema that the object is written in."),
  kind: text("Name of the schema that the object is written in."),
  metadata: METADATA,
};

/** By kind. */
export const SCHEMAS = {
  Job: object("A piece of work on a repository, waiting or under way. It leaves when it has ended.", {
    ...ENVELOPE,
    spec: JOB_SPEC,
    status: JOB_STATUS,
  }),
  HistoricJob: object("The record of a job that has ended.", { ...ENVELOPE, spec: JOB_SPEC, status: JOB_STATUS }),
  Repository: object("Files that dashboards and folders are provisioned from.", {
    ...ENVELOPE,
    spec: REPOSITORY_SPEC,
    status: REPOSITORY_STATUS,
  }),
} as const satisfies Record<string, Schema>;

/**
 * Paths of the fields that the kind does not have, such as `spec.push.resources[0].size`, sorted; none for an unknown
 * kind. What has another type than its schema says is passed over.
 */
export function unknownFields(kind: string, value: unknown): string[] {
  if (!Object.hasOwn(SCHEMAS, kind)) return [];
  const paths: string[] = [];
  collect(SCHEMAS[kind as keyof typeof SCHEMAS], value, "", paths);
  return paths.sort();
}

function collect(schema: Schema, value: unknown, path: string, paths: string[]): void {
  if (schema.items !== undefined && Array.isArray(value)) {
    for (const [index, element] of value.entries()) collect(schema.items, element, `${path}[${index}]`, paths);
  }
  if (schema.properties === undefined || typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [key, field] of Object.entries(value)) {
    const below = path === "" ? key : `${path}.${key}`;
    const known = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (known !== undefined) collect(known, field, below, paths);
    else if (schema["x-kubernetes-preserve-unknown-fields"] !== true) paths.push(below);
  }
}
