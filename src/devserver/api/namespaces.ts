// Namespaces for clients that look for them. None is ever made: those that objects are in are there, and `default`.

import { createHash } from "node:crypto";
import { ALL_NAMESPACES } from "../../provisioning.ts";
import { type Caller, denial } from "../access/access.ts";
import { RESOURCES } from "../resources.ts";
import { type Metadata, timestamp } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import type { Answer } from "../wire/call.ts";
import { negotiate, notAcceptable, OBJECT_TYPES } from "../wire/negotiate.ts";
import { forbidden, notFound } from "../wire/status.ts";
import { isTable } from "./forms.ts";

interface NamespacesRequest {
  path: string;
  accept: string | undefined;
  caller: Caller;
  store: Store;
  /** When namespaces came to be, and what time it is, ms. */
  startedMs: number;
  nowMs: number;
}

interface Namespace {
  metadata: Metadata;
  spec: unknown;
  status: { phase: "Active" };
}

const ROOT = "/api/v1/namespaces";
const COLUMN = { type: "string", format: "", description: "", priority: 0 };
const COLUMNS = [{ ...COLUMN, name: "Name", format: "name" }, { ...COLUMN, name: "Status" }, { ...COLUMN, name: "Age" }];

/** The answer to a GET of all namespaces or of one; undefined for other paths. @throws Refusal 403, 404, 406 */
export function readNamespaces({ path, accept, caller, store, startedMs, nowMs }: NamespacesRequest): Answer | undefined {
  const [, name] = new RegExp(`^${ROOT}(?:/([^/]+))?$`).exec(path) ?? [undefined, undefined];
  if (path !== ROOT && name === undefined) return undefined;
  if (caller.namespace !== ALL_NAMESPACES && caller.namespace !== name) {
    throw forbidden("namespaces", name ?? "", denial(caller, name === undefined ? "list" : "get", "namespaces", name, ""), "");
  }
  const names = namespacesOf(store).filter((known) => name === undefined || known === name);
  if (name !== undefined && names.length === 0) throw notFound("namespaces", name, "");
  const media = negotiate(accept, OBJECT_TYPES, isTable);
  if (media === undefined) throw notAcceptable();
  const namespaces = names.map((known) => namespaceObject(known, startedMs));
  const [first] = namespaces;
  const metadata = { resourceVersion: name === undefined ? store.versionText() : first?.metadata.resourceVersion };
  const headers = { "content-type": media.type };
  if (media.as !== undefined) {
    const apiVersion = `${media.as.group}/${media.as.version}`;
    const age = ageOf(nowMs - startedMs);
    const rows = namespaces.map(({ metadata: own, status }) => ({
      cells: [own.name, status.phase, age],
      object: { kind: "PartialObjectMetadata", apiVersion, metadata: own },
    }));
    return { status: 200, body: JSON.stringify({ kind: "Table", apiVersion, metadata, columnDefinitions: COLUMNS, rows }), headers };
  }
  const body = name === undefined
    ? { kind: "NamespaceList", apiVersion: "v1", metadata, items: namespaces }
    : { kind: "Namespace", apiVersion: "v1", ...first };
  return { status: 200, body: JSON.stringify(body), headers };
}

/** Steps from the first object of one namespace to that of the next. */
function namespacesOf(store: Store): string[] {
  const names = new Set(["default"]);
  for (const { name } of Object.values(RESOURCES)) {
    let after: string | undefined;
    for (;;) {
      const { value } = store.entries(name, undefined, after).next();
      if (value === undefined) break;
      names.add(value.namespace);
      after = `${value.namespace}/\uffff`;
    }
  }
  return [...names].sort();
}

function namespaceObject(name: string, startedMs: number): Namespace {
  const uid = createHash("sha256").update(name).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const labels = { "kubernetes.io/metadata.name": name };
  const metadata = { name, uid, resourceVersion: "1", creationTimestamp: timestamp(startedMs), labels };
  return { metadata, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
}

/** As tables of built-in kinds show it: `90s`, `45m`, `30h`, `12d`. */
function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
