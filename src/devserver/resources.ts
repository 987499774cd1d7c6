// The resources that are served, as data. Everything that differs between kinds stands here.

import { API_VERSIONS, type ApiVersion, GROUP } from "../provisioning.ts";

export type ResourceName = "jobs" | "historicjobs" | "repositories";
export type Kind = "Job" | "HistoricJob" | "Repository";

export interface Resource {
  name: ResourceName;
  singular: string;
  kind: Kind;
  /** `/status` exists: a write to the object leaves `status` alone, a write to `/status` touches nothing else. */
  statusSubresource: boolean;
  /** Objects keep the storage version's `apiVersion` whatever version was asked for. */
  keepsStorageVersion: boolean;
  /** Paths that field selectors may name. */
  fields: readonly string[];
  /** Those of its table after the name. */
  columns: readonly Column[];
}

/** A column of the table that `kubectl get` prints. */
export interface Column {
  name: string;
  /** JSONPaths, the first that leads to something counts. A CustomResourceDefinition takes the first alone. */
  paths: readonly [string, ...string[]];
}

const NAME_FIELDS = ["metadata.name", "metadata.namespace"];
const CREATED_AT: Column = { name: "Created At", paths: [".metadata.creationTimestamp"] };
const JOB_COLUMNS: readonly Column[] = [
  CREATED_AT,
  { name: "Action", paths: [".spec.action"] },
  { name: "State", paths: [".status.state"] },
  { name: "Message", paths: [".status.message"] },
];

export const RESOURCES: Record<ResourceName, Resource> = {
  jobs: {
    name: "jobs",
    singular: "job",
    kind: "Job",
    statusSubresource: false,
    keepsStorageVersion: false,
    fields: NAME_FIELDS,
    columns: JOB_COLUMNS,
  },
  historicjobs: {
    name: "historicjobs",
    singular: "historicjob",
    kind: "HistoricJob",
    statusSubresource: false,
    keepsStorageVersion: true,
    fields: NAME_FIELDS,
    columns: JOB_COLUMNS,
  },
  repositories: {
    name: "repositories",
    singular: "repository",
    kind: "Repository",
    statusSubresource: true,
    keepsStorageVersion: false,
    fields: [...NAME_FIELDS, "spec.connection.name"],
    columns: [
      CREATED_AT,
      { name: "Title", paths: [".spec.title"] },
      { name: "Type", paths: [".spec.type"] },
      {
        name: "Target",
        paths: [".spec.local.path", ".spec.github.url", ".spec.git.url", ".spec.bitbucket.url", ".spec.gitlab.url"],
      },
    ],
  },
};

/** The text at a dotted path of an object; undefined for what is not there, or no text. */
export function textAt(object: unknown, path: string): string | undefined {
  const value = path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], object);
  return typeof value === "string" ? value : undefined;
}

export function resourceNamed(name: string): Resource | undefined {
  return Object.hasOwn(RESOURCES, name) ? RESOURCES[name as ResourceName] : undefined;
}

/** `provisioning.grafana.app/<version>`. */
export function groupVersion(version: ApiVersion): string {
  return `${GROUP}/${version}`;
}

/** The `apiVersion` that objects of this resource show to a request for `version`. */
export function shownVersion(resource: Resource, version: ApiVersion): string {
  return groupVersion(resource.keepsStorageVersion ? API_VERSIONS[0] : version);
}
