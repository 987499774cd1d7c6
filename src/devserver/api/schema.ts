// The schema of each kind. Everything that describes or checks fields is made from this.

import type { Kind } from "../resources.ts";
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

export const SCHEMAS: Readonly<Record<Kind, Schema>> = {
  Job: object("A piece of work on a repository, waiting or under way. It leaves when it has ended.", JOB, ["spec"]),
  HistoricJob: object("The record of a job that has ended.", JOB, ["spec"]),
  Repository: object("Files that dashboards and folders are provisioned from.", {
    ...ENVELOPE,
    spec: REPOSITORY_SPEC,
    status: REPOSITORY_STATUS,
  }),
};
