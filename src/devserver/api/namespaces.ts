// Namespaces for clients that look for them. None is ever made: those that objects are in are there, and `default`.

import { createHash } from "node:crypto";
import { ALL_NAMESPACES } from "../../provisioning.ts";
import type { Caller } from "../access/access.ts";
import type { Store } from "../state/store.ts";
import type { Answer } from "../wire/call.ts";
import { Refusal } from "../wire/status.ts";
import { RESOURCES } from "./resources.ts";

const ROOT = "/api/v1/namespaces";

/** The answer to a GET of all namespaces or of one; undefined for other paths. @throws Refusal 403, 404 */
export function readNamespaces(path: string, store: Store, caller: Caller): Answer | undefined {
  if (path === ROOT) {
    if (caller.namespace !== ALL_NAMESPACES) throw forbidden(caller, "list", "");
    const items = namespacesOf(store).map((name) => namespaceObject(name, store));
    return json({ kind: "NamespaceList", apiVersion: "v1", metadata: { resourceVersion: store.versionText() }, items });
  }
  const [, name] = new RegExp(`^${ROOT}/([^/]+)$`).exec(path) ?? [];
  if (name === undefined) return undefined;
  if (caller.namespace !== ALL_NAMESPACES && caller.namespace !== name) throw forbidden(caller, "get", name);
  if (!namespacesOf(store).includes(name)) {
    throw new Refusal(404, "NotFound", `namespaces "${name}" not found`, { name, kind: "namespaces" });
  }
  return json({ kind: "Namespace", apiVersion: "v1", ...namespaceObject(name, store) });
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

function namespaceObject(name: string, store: Store): Record<string, unknown> {
  const uid = createHash("sha256").update(name).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const metadata = { name, uid, resourceVersion: store.versionText(), labels: { "kubernetes.io/metadata.name": name } };
  return { metadata, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
}

function forbidden({ subject }: Caller, verb: string, name: string): Refusal {
  const where = name === "" ? "at the cluster scope" : `in the namespace "${name}"`;
  const title = name === "" ? "namespaces" : `namespaces "${name}"`;
  const message = `${title} is forbidden: User "${subject}" cannot ${verb} resource "namespaces" in API group "" ${where}`;
  return new Refusal(403, "Forbidden", message, { ...(name !== "" && { name }), kind: "namespaces" });
}

function json(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
