// The resources that are served, as data. Everything that differs between kinds stands here.

import { API_VERSIONS, type ApiVersion, GROUP } from "../../provisioning.ts";

export type ResourceName = "jobs" | "historicjobs" | "repositories";

export interface Resource {
  name: ResourceName;
  kind: string;
  /** `/status` exists: a write to the object leaves `status` alone, a write to `/status` touches nothing else. */
  statusSubresource: boolean;
  /** Objects keep the storage version's `apiVersion` whatever version was asked for. */
  keepsStorageVersion: boolean;
  /** Paths that field selectors may name. */
  fields: readonly string[];
}

const NAME_FIELDS = ["metadata.name", "metadata.namespace"];

export const RESOURCES: Record<ResourceName, Resource> = {
  jobs: {
    name: "jobs",
    kind: "Job",
    statusSubresource: false,
    keepsStorageVersion: false,
    fields: NAME_FIELDS,
  },
  historicjobs: {
    name: "historicjobs",
    kind: "HistoricJob",
    statusSubresource: false,
    keepsStorageVersion: true,
    fields: NAME_FIELDS,
  },
  repositories: {
    name: "repositories",
    kind: "Repository",
    statusSubresource: true,
    keepsStorageVersion: false,
    fields: [...NAME_FIELDS, "spec.connection.name"],
  },
};

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
