// The three kinds of the provisioning API as CustomResourceDefinitions, over the data that the dev server serves and
// describes itself with. What a CRD cannot do (the sub-resource /jobs of a repository, rules on names, most of admission) is
// not here.

import { SCHEMAS } from "../src/devserver/api/schema.ts";
import type { Schema } from "../src/devserver/api/schema-parts.ts";
import { type Resource, RESOURCES } from "../src/devserver/resources.ts";
import { API_VERSIONS, GROUP } from "../src/provisioning.ts";

/** What the API server is given. Without a status sub-resource the status is written through the object, as that of Jobs is. */
export const DEFINITIONS = Object.values(RESOURCES).map((resource) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${resource.name}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Namespaced",
    names: { plural: resource.name, singular: resource.singular, kind: resource.kind, listKind: `${resource.kind}List` },
    versions: [versionOf(resource)],
  },
}));

function versionOf({ kind, fields, columns, statusSubresource }: Resource) {
  const { description, required = [], properties } = SCHEMAS[kind];
  const { spec, status } = properties as Record<"spec" | "status", Schema>;
  return {
    name: API_VERSIONS[0],
    served: true,
    storage: true,
    subresources: statusSubresource ? { status: {} } : {},
    // Those of metadata can be selected by without a word.
    selectableFields: fields.filter((field) => !field.startsWith("metadata.")).map((field) => ({ jsonPath: `.${field}` })),
    // A column takes one path. The time is shown as text, not as an age: so does Grafana.
    additionalPrinterColumns: columns.map(({ name, paths: [jsonPath] }) => ({ name, type: "string", jsonPath })),
    schema: {
      openAPIV3Schema: {
        type: "object",
        description,
        properties: { spec: { ...spec, required: spec.required ?? [] }, status },
        required,
      },
    },
  };
}
