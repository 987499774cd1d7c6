// The three kinds of the provisioning API as CustomResourceDefinitions, over the schemas that the dev server describes itself
// with. What a CRD cannot do (the sub-resource /jobs of a repository, rules on names, most of admission) is not here.

import { type ResourceName, RESOURCES } from "../src/devserver/resources.ts";
import { SCHEMAS } from "../src/devserver/api/schema.ts";
import type { Schema } from "../src/devserver/api/schema-parts.ts";

const GROUP = "provisioning.grafana.app";
const VERSION = "v0alpha1";

/** A CRD's column takes one path. The time is shown as text, not as an age: so does Grafana. */
const columnsOf = (resource: ResourceName) =>
  RESOURCES[resource].columns.map(({ name, paths: [jsonPath] }) => ({ name, type: "string", jsonPath }));

const JOB = {
  columns: columnsOf("jobs"),
  required: { object: ["spec"], spec: ["action", "repository"] },
  selectableFields: [],
  subresources: {},
};

/** The kinds; without a status sub-resource the status is written through the object, as that of Jobs is. */
export const KINDS = [
  { names: { plural: "jobs", singular: "job", kind: "Job", listKind: "JobList" }, schema: SCHEMAS.Job, ...JOB },
  {
    names: { plural: "historicjobs", singular: "historicjob", kind: "HistoricJob", listKind: "HistoricJobList" },
    schema: SCHEMAS.HistoricJob,
    ...JOB,
  },
  {
    names: { plural: "repositories", singular: "repository", kind: "Repository", listKind: "RepositoryList" },
    schema: SCHEMAS.Repository,
    columns: columnsOf("repositories"),
    required: { object: [], spec: [] },
    selectableFields: [{ jsonPath: ".spec.connection.name" }],
    subresources: { status: {} },
  },
];

/** What the API server is given. */
export const DEFINITIONS = KINDS.map(({ names, schema, columns, required, selectableFields, subresources }) => {
  const { spec, status } = schema.properties as Record<"spec" | "status", Schema>;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${names.plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names,
      versions: [{
        name: VERSION,
        served: true,
        storage: true,
        subresources,
        selectableFields,
        additionalPrinterColumns: columns,
        schema: {
          openAPIV3Schema: {
            type: "object",
            description: schema.description,
            properties: { spec: { ...spec, required: required.spec }, status },
            required: required.object,
          },
        },
      }],
    },
  };
});
