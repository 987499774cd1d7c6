// The schema of each kind, and what of an object is not in it. Everything that describes or checks fields is made from this.

import { JOB_SPEC, JOB_STATUS } from "./schema-jobs.ts";
import { METADATA } from "./schema-metadata.ts";
import { object, type Schema, text } from "./schema-parts.ts";
import { REPOSITORY_SPEC, REPOSITORY_STATUS } from "./schema-repositories.ts";

// The words that the API server itself adds to the schema of a custom kind.
const CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const ENVELOPE: Record<string, Schema> = {
  apiVersion: text(
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas " +
      `to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
  ),
  kind: text(
    "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint " +
      `the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
  ),
  metadata: { ...METADATA, description: `Standard object's metadata. More info: ${CONVENTIONS}#metadata` },
};
const JOB = { ...ENVELOPE, spec: JOB_SPEC, status: JOB_STATUS };

/** By kind. */
export const SCHEMAS = {
  Job: object("A piece of work on a repository, waiting or under way. It leaves when it has ended.", JOB, ["spec"]),
  HistoricJob: object("The record of a job that has ended.", JOB, ["spec"]),
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
