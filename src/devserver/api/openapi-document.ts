// The OpenAPI v3 document of one version of the group: schemas of its kinds, and what its paths take. Made from the same
// data that is served and checked.

import { type ApiVersion, GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { type Resource, RESOURCES } from "../resources.ts";
import { DELETE_OPTIONS, DELETE_PARAMETERS } from "./delete-options.ts";
import { PATCH_TYPES } from "./patch.ts";
import { isServed } from "./paths.ts";
import { JOB_SPEC } from "./schema-jobs.ts";
import { METADATA } from "./schema-metadata.ts";
import { flag, integer, object, open, type Schema, text } from "./schema-parts.ts";
import { SCHEMAS } from "./schema.ts";

type Json = Record<string, unknown>;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const LIST_METADATA = object("What is said of the list.", {
  continue: text("Gives the next page; empty on the last one."),
  remainingItemCount: integer("How many objects the next pages hold, if that is known."),
  resourceVersion: text("Version of the list, from which a watch goes on."),
  selfLink: text("Not used any more."),
});

/** The kinds that stand in the document: HistoricJobs are left out where the kinds are built in. */
export function documentedResources(behaviour: Behaviour): Resource[] {
  return Object.values(RESOURCES).filter((resource) =>
    isServed(resource, behaviour) && (resource.name !== "historicjobs" || behaviour.kinds === "custom")
  );
}

export function openapiDocument(version: ApiVersion, behaviour: Behaviour): Json {
  const resources = documentedResources(behaviour);
  return {
    openapi: "3.0.0",
    info: { title: "job-controller dev", version },
    paths: Object.assign({}, ...resources.map((resource) => pathsOf(resource, version))) as Json,
    components: { schemas: schemasOf(resources, version) },
  };
}

/** By name; those of kinds refer to the others below `#/components/schemas/`. */
export function schemasOf(resources: readonly Resource[], version: ApiVersion): Json {
  const kinds = resources.flatMap(({ kind, name }) => {
    const { properties, ...schema } = SCHEMAS[kind];
    const { kind: kindOf, apiVersion } = properties ?? {};
    const metadata = { description: properties?.["metadata"]?.description, allOf: [reference(`${META}.ObjectMeta`)] };
    const items = { description: `List of ${name}.`, type: "array", items: reference(schemaName(version, kind)) };
    const list = {
      description: `${kind}List is a list of ${kind}`,
      type: "object",
      required: ["items"],
      properties: { apiVersion, items, kind: kindOf, metadata: { allOf: [reference(`${META}.ListMeta`)] } },
    };
    return [
      [schemaName(version, kind), { ...schema, properties: { ...properties, metadata }, ...groupVersionKinds(version, kind) }],
      [schemaName(version, `${kind}List`), { ...list, ...groupVersionKinds(version, `${kind}List`) }],
    ] as const;
  });
  return Object.fromEntries([
    ...kinds,
    [schemaName(version, "JobSpec"), JOB_SPEC],
    [`${META}.ObjectMeta`, METADATA],
    [`${META}.ListMeta`, LIST_METADATA],
    [`${META}.DeleteOptions`, DELETE_OPTIONS],
    [`${META}.Patch`, open("Changes to an object: a part of it, or a list of operations.")],
  ]);
}

function schemaName(version: ApiVersion, kind: string): string {
  return `${GROUP.split(".").reverse().join(".")}.${version}.${kind}`;
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function groupVersionKinds(version: ApiVersion, kind: string): Json {
  return { "x-kubernetes-group-version-kind": [{ group: GROUP, kind, version }] };
}

interface Operation {
  action: string;
  description: string;
  parameters?: Readonly<Record<string, Schema>>;
  /** Names of schemas. */
  takes?: string;
  gives: string;
  types?: readonly string[];
}

const LIST_PARAMETERS = {
  allowWatchBookmarks: flag("Send BOOKMARK events in a watch, which tell of the version alone."),
  continue: text("The token of the page before."),
  fieldSelector: text("Objects whose fields are so, such as metadata.name=a."),
  labelSelector: text("Objects whose labels are so, such as !provisioning.grafana.app/claim."),
  limit: integer("Objects of a page at most."),
  resourceVersion: text("The version to begin from, or to be no older than."),
  resourceVersionMatch: text("Exact or NotOlderThan: what resourceVersion means."),
  sendInitialEvents: flag("Begin a watch with an event for each object."),
  timeoutSeconds: integer("End a watch after so many seconds."),
  watch: flag("Send changes as they come, an event a line."),
};
const WRITE_PARAMETERS = {
  dryRun: text("All: check only."),
  fieldManager: text("Name of who writes."),
  fieldValidation: text("Ignore, Warn or Strict: what becomes of fields that the kind does not have."),
};

function pathsOf({ name, kind, statusSubresource }: Resource, version: ApiVersion): Json {
  const one = schemaName(version, kind);
  const list = schemaName(version, `${kind}List`);
  const root = `/apis/${GROUP}/${version}`;
  const collection = `${root}/namespaces/{namespace}/${name}`;
  const read = { action: "get", description: `read the specified ${kind}`, gives: one };
  const replace = { action: "put", description: `replace the specified ${kind}`, parameters: WRITE_PARAMETERS, takes: one, gives: one };
  const patch = {
    action: "patch",
    description: `partially update the specified ${kind}`,
    parameters: WRITE_PARAMETERS,
    takes: `${META}.Patch`,
    types: PATCH_TYPES,
    gives: one,
  };
  const lists = { action: "list", description: `list objects of kind ${kind}`, parameters: LIST_PARAMETERS, gives: list };
  const create = { action: "post", description: `create a ${kind}`, parameters: WRITE_PARAMETERS, takes: one, gives: one };
  const removeAll = {
    action: "deletecollection",
    description: `delete collection of ${kind}`,
    parameters: { ...LIST_PARAMETERS, ...DELETE_PARAMETERS },
    gives: list,
  };
  const takes = `${META}.DeleteOptions`;
  const remove = { action: "delete", description: `delete a ${kind}`, parameters: DELETE_PARAMETERS, takes, gives: one };
  const enqueue = {
    action: "connect",
    description: "create a Job for the specified Repository",
    takes: schemaName(version, "JobSpec"),
    gives: schemaName(version, "Job"),
  };
  const gvk = { group: GROUP, version, kind };
  const path = (operations: Readonly<Record<string, Operation>>, ...names: string[]): Json => ({
    ...Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, rendered(operation, gvk)])),
    parameters: names.map((parameter) => ({ name: parameter, in: "path", required: true, schema: { type: "string" } })),
  });
  return {
    [`${root}/${name}`]: path({ get: lists }),
    [collection]: path({ get: lists, post: create, delete: removeAll }, "namespace"),
    [`${collection}/{name}`]: path({ get: read, put: replace, patch, delete: remove }, "namespace", "name"),
    ...(statusSubresource && { [`${collection}/{name}/status`]: path({ get: read, put: replace, patch }, "namespace", "name") }),
    ...(name === "repositories" && { [`${collection}/{name}/jobs`]: path({ post: enqueue }, "namespace", "name") }),
  };
}

function rendered({ action, description, parameters = {}, takes, gives, types = ["application/json"] }: Operation, gvk: Json): Json {
  const content = (name: string, media: readonly string[]) =>
    Object.fromEntries(media.map((type) => [type, { schema: reference(name) }]));
  return {
    description,
    parameters: Object.entries(parameters).map(([name, { description: about, ...schema }]) => (
      { name, in: "query", description: about, schema }
    )),
    ...(takes !== undefined && { requestBody: { required: action !== "delete", content: content(takes, types) } }),
    responses: { 200: { description: "OK", content: content(gives, ["application/json"]) }, 401: { description: "Unauthorized" } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
  };
}
