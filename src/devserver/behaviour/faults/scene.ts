// A call to the facts that faults choose by: path and query taken apart, nothing checked.

import { GROUP } from "../../../provisioning.ts";
import type { Call } from "../../wire/call.ts";
import type { CallVerb, Scene, ServerName } from "./fault.ts";

export function sceneOf(server: ServerName, call: Call): Scene {
  const { method, path, query } = call;
  const { resource, namespace, name } = takeApart(path);
  return {
    call,
    server,
    method,
    verb: verbOf(method, name, query),
    resource,
    namespace,
    name,
    target: query.size === 0 ? path : `${path}?${query}`,
    answered: false,
    took: new Set(),
  };
}

function takeApart(path: string): { resource: string; namespace: string; name: string } {
  const [, apis, group, , ...parts] = path.split("/");
  if (apis !== "apis" || group !== GROUP) return { resource: "", namespace: "", name: "" };
  const namespaced = parts[0] === "namespaces";
  const [resource = "", name = ""] = namespaced ? parts.slice(2) : parts;
  return { resource, namespace: namespaced ? (parts[1] ?? "") : "", name };
}

function verbOf(method: string, name: string, query: URLSearchParams): CallVerb {
  if (method === "GET") {
    const watch = query.get("watch");
    if (watch !== null && watch !== "false" && watch !== "0") return "watch";
    return name === "" ? "list" : "get";
  }
  if (method === "DELETE") return name === "" ? "deletecollection" : "delete";
  const verbs: Record<string, CallVerb | undefined> = { POST: "create", PUT: "update", PATCH: "patch" };
  return verbs[method] ?? "other";
}
