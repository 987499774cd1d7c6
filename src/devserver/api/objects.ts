// Writes as clients ask for them: bodies are checked and stripped of what only the server may set, then stored.

import type { Clock } from "../../base/clock.ts";
import { API_VERSIONS } from "../../provisioning.ts";
import { admit } from "./admission.ts";
import { generateName, isObjectName } from "./names.ts";
import { groupVersion, type Resource } from "./resources.ts";
import { badRequest, conflict, invalid, notFound, type StatusBody, success } from "../wire/status.ts";
import { type Entry, type Metadata, type Preconditions, type Resourced, type Store, timestamp } from "../state/store.ts";

export interface ObjectContext {
  store: Store;
  clock: Pick<Clock, "now">;
  resource: Resource;
  namespace: string;
  /** Who writes, for the bookkeeping annotations. */
  subject: string;
}

const CREATED_BY = "grafana.app/createdBy";
const UPDATED_BY = "grafana.app/updatedBy";
const UPDATED_AT = "grafana.app/updatedTimestamp";

/** @throws Refusal 400, 409, 422 */
export function createObject(context: ObjectContext, body: Record<string, unknown>): Entry {
  const { store, resource, namespace, subject } = context;
  const object = decode(context, body);
  const metadata = object.metadata ?? {};
  if ((metadata.resourceVersion ?? "") !== "") throw badRequest("resourceVersion should not be set on objects to be created");
  const { name: given = "", generateName: base = "", labels, annotations, finalizers } = metadata;
  if (given === "" && base === "") {
    throw invalid(resource.kind, "", [
      { reason: "FieldValueRequired", message: "Required value: name or generateName is required", field: "metadata.name" },
    ]);
  }
  const name = given === "" ? generateName(base) : given;
  checkName(resource, name);
  const kept: Metadata = { name, namespace, labels, annotations: { ...annotations, [CREATED_BY]: subject }, finalizers };
  const status = resource.statusSubresource ? {} : (object.status ?? {});
  const draft = { ...object, metadata: kept, spec: object.spec ?? {}, status };
  admit(resource.name, draft);
  return store.create(resource.name, draft);
}

/** A PUT: with a resourceVersion compare-and-swap, without one overwrite or create. @throws Refusal 400, 409, 422 */
export function replaceObject(context: ObjectContext, name: string, body: Record<string, unknown>): Entry {
  const { store, clock, resource, namespace, subject } = context;
  const object = decode(context, body, name);
  const metadata = object.metadata ?? {};
  const current = store.get(resource.name, namespace, name)?.object;
  if (current === undefined) {
    if ((metadata.resourceVersion ?? "") !== "") throw conflict(resource.name, name, "the object does not exist any more");
    return createObject(context, { ...body, metadata: { ...metadata, name } });
  }
  const spec = object.spec ?? {};
  const annotations = { ...metadata.annotations, ...pick(current.metadata.annotations, CREATED_BY) };
  if (JSON.stringify(spec) !== JSON.stringify(current.spec)) {
    annotations[UPDATED_BY] = subject;
    annotations[UPDATED_AT] = timestamp(clock.now());
  }
  const status = resource.statusSubresource ? current.status : (object.status ?? {});
  const draft = { ...object, metadata: { ...metadata, name, namespace, annotations }, spec, status };
  admit(resource.name, draft);
  return store.update(resource.name, draft);
}

/** A PUT to `/status`: nothing but the status is taken. @throws Refusal 400, 404, 409 */
export function replaceStatus(context: ObjectContext, name: string, body: Record<string, unknown>): Entry {
  const { store, resource, namespace } = context;
  const { status = {}, metadata = {} } = decode(context, body, name);
  const current = store.get(resource.name, namespace, name)?.object;
  if (current === undefined) throw notFound(resource.name, name);
  const { uid, resourceVersion } = metadata;
  return store.update(resource.name, { ...current, metadata: { ...current.metadata, uid, resourceVersion }, status });
}

/** A DELETE with optional DeleteOptions. @throws Refusal 404, 409 */
export function deleteObject(
  { store, resource, namespace }: ObjectContext,
  name: string,
  options: Record<string, unknown>,
): StatusBody {
  const preconditions = (options["preconditions"] ?? {}) as Preconditions;
  const { uid } = store.delete(resource.name, namespace, name, preconditions);
  return success(resource.name, name, uid);
}

/** Checks the envelope of an object against where it was sent. */
function decode({ resource, namespace }: ObjectContext, body: Record<string, unknown>, name?: string): Resourced {
  const { kind = resource.kind, apiVersion, metadata = {}, spec = {}, status = {} } = body as Resourced;
  if (kind !== resource.kind) {
    throw badRequest(`the object's kind ${JSON.stringify(kind)} is not ${JSON.stringify(resource.kind)}`);
  }
  if (apiVersion !== undefined && !API_VERSIONS.some((version) => groupVersion(version) === apiVersion)) {
    throw badRequest(`the object's apiVersion ${JSON.stringify(apiVersion)} is not served here`);
  }
  for (const [field, value] of Object.entries({ metadata, spec, status })) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw badRequest(`${field} must be an object`);
  }
  for (const texts of [metadata.labels ?? {}, metadata.annotations ?? {}]) {
    if (Object.values(texts).some((text) => typeof text !== "string")) throw badRequest("labels and annotations must be text");
  }
  if ((metadata.namespace ?? namespace) !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name !== undefined && (metadata.name ?? name) !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  return body as Resourced;
}

function checkName(resource: Resource, name: string): void {
  if (isObjectName(name)) return;
  const message = `Invalid value: ${JSON.stringify(name)}: must consist of alphanumeric characters, '-' or '.'`;
  throw invalid(resource.kind, name, [{ reason: "FieldValueInvalid", message, field: "metadata.name" }]);
}

function pick(texts: Record<string, string> | undefined, key: string): Record<string, string> {
  const value = texts?.[key];
  return value === undefined ? {} : { [key]: value };
}
