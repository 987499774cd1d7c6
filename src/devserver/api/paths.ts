// What a path of the group stands for. Knows no method and no object.

import { API_VERSIONS, type ApiVersion, GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { type Resource, resourceNamed } from "../resources.ts";

/**
 * `watch` is the old way to watch a collection or one object; `jobs` and `job` are those below a repository: all of its history,
 * or one by uid; `nothing` is below an object of a custom kind.
 */
export type Place = "collection" | "watch" | "object" | "status" | "jobs" | "job" | "nothing";

/** A path of the group, taken apart. */
export interface Target {
  place: Place;
  version: ApiVersion;
  resource: Resource;
  /** Undefined: all of them. */
  namespace: string | undefined;
  /** Empty for a collection. */
  name: string;
  /** The uid of place `job`; else empty. */
  uid: string;
}

/** Undefined for a path that is not served. */
export function parseTarget(path: string, behaviour: Behaviour): Target | undefined {
  const [empty, apis, group, versionText, ...below] = decode(path).replace(/\/$/, "").split("/");
  if (empty !== "" || apis !== "apis" || group !== GROUP || below.includes("")) return undefined;
  const watched = below[0] === "watch";
  const parts = watched ? below.slice(1) : below;
  const namespaced = parts[0] === "namespaces";
  const [plural = "", name = "", ...rest] = namespaced ? parts.slice(2) : parts;
  const version = servedVersions(behaviour).find((served) => served === versionText);
  const resource = resourceNamed(plural);
  if (version === undefined || resource === undefined || !isServed(resource, behaviour)) return undefined;
  if (!namespaced && name !== "") return undefined;
  const unknown = behaviour.kinds === "custom" ? "nothing" : undefined;
  const place = watched ? (rest.length === 0 ? "watch" : undefined) : (placeOf(resource, name, rest) ?? unknown);
  if (place === undefined) return undefined;
  const uid = place === "job" ? (rest[1] ?? "") : "";
  return { place, version, resource, namespace: namespaced ? parts[1] : undefined, name, uid };
}

/** The preferred one first. */
export function servedVersions(behaviour: Behaviour): readonly ApiVersion[] {
  return behaviour.beta ? API_VERSIONS : [API_VERSIONS[0]];
}

/** With another store for history there are no HistoricJobs. */
export function isServed(resource: Resource, behaviour: Behaviour): boolean {
  return resource.name !== "historicjobs" || behaviour.history === "objects";
}

function placeOf(resource: Resource, name: string, rest: readonly string[]): Place | undefined {
  const [below, ...further] = rest;
  if (below === undefined) return name === "" ? "collection" : "object";
  if (below === "status" && resource.statusSubresource && further.length === 0) return "status";
  if (below !== "jobs" || resource.name !== "repositories" || further.length > 1) return undefined;
  return further.length === 0 ? "jobs" : "job";
}

/** `%2F` divides as `/` does, as in Go's servers. What is malformed stays as it is. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
