// The paths that describe the server rather than its objects. They need no token.

import type { Behaviour } from "../behaviour/eras.ts";
import type { Answer, Call } from "../wire/call.ts";
import { type Conversion, negotiate, notAcceptable, OBJECT_TYPES } from "../wire/negotiate.ts";
import { methodNotAllowed } from "../wire/status.ts";
import { type Described, type Group, servedGroups } from "./groups.ts";
import { openapi } from "./openapi.ts";

const HEALTH = ["/livez", "/readyz", "/healthz"];
/** Beside those of the groups. */
const PATHS = [...HEALTH, "/api", "/apis", "/openapi/v2", "/openapi/v3", "/version"];
const AGGREGATED = "apidiscovery.k8s.io";

/** The answer for one of these paths, whatever the method; undefined for any other path. @throws Refusal 405, 406 */
export function discovery(call: Pick<Call, "method" | "path" | "header">, behaviour: Behaviour): Answer | undefined {
  const { method } = call;
  if (HEALTH.includes(call.path)) return { status: 200, body: "ok", headers: { "content-type": "text/plain; charset=utf-8" } };
  const path = call.path.replace(/(?<=.)\/$/, "");
  const accept = call.header("accept");
  if (path === "/openapi" || path.startsWith("/openapi/")) return openapi(path, accept, behaviour);
  // What is deeper are objects: most requests end here.
  if (path.split("/").length > 4) return undefined;
  const groups = servedGroups(behaviour);
  if (path === "/api" || path === "/apis") return groupList(path, accept, groups);
  const body = document(path, groups);
  if (body === undefined) return undefined;
  if (path === "/version" && method !== "GET" && method !== "HEAD") throw methodNotAllowed();
  const media = negotiate(accept, OBJECT_TYPES, () => false);
  if (media === undefined) throw notAcceptable();
  return { status: 200, body: JSON.stringify(body), headers: { "content-type": media.type } };
}

/** Classic, or everything at once in the version that is asked for. */
function groupList(path: "/api" | "/apis", accept: string | undefined, groups: readonly Group[]): Answer {
  const media = negotiate(accept, OBJECT_TYPES, isAggregated);
  if (media === undefined) throw notAcceptable();
  const below = groups.filter(({ name }) => (name === "") === (path === "/api"));
  if (media.as === undefined) {
    const body = path === "/api"
      ? { kind: "APIVersions", versions: ["v1"] }
      : { kind: "APIGroupList", apiVersion: "v1", groups: below.map(classicGroup) };
    return { status: 200, body: JSON.stringify(body), headers: { "content-type": media.type } };
  }
  const { group, version, kind } = media.as;
  const list = { kind, apiVersion: `${group}/${version}`, metadata: {}, items: below.map(aggregatedGroup) };
  return {
    status: 200,
    body: JSON.stringify(list),
    headers: { "content-type": `${media.type};g=${group};v=${version};as=${kind}`, "cache-control": "public", vary: "Accept" },
  };
}

function isAggregated({ kind, group, version }: Conversion): boolean {
  return kind === "APIGroupDiscoveryList" && group === AGGREGATED && (version === "v2" || version === "v2beta1");
}

function document(path: string, groups: readonly Group[]): Record<string, unknown> | undefined {
  if (path === "/version") return VERSION;
  if (path === "/") return { paths: [...PATHS, ...groups.flatMap(pathsOf)].sort() };
  for (const group of groups) {
    if (group.name !== "" && path === `/apis/${group.name}`) return { kind: "APIGroup", apiVersion: "v1", ...classicGroup(group) };
    const version = group.versions.find((served) => path === `${rootOf(group)}/${served.version}`);
    if (version !== undefined) return resourceList(group, version);
  }
  return undefined;
}

const VERSION = {
  major: "1",
  minor: "37",
  gitVersion: "v1.37.2",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "job-controller dev",
};

function rootOf({ name }: Group): string {
  return name === "" ? "/api" : `/apis/${name}`;
}

function pathsOf(group: Group): string[] {
  const root = rootOf(group);
  return [...(group.name === "" ? [] : [root]), ...group.versions.map(({ version }) => `${root}/${version}`)];
}

function classicGroup({ name, versions: served }: Group): Record<string, unknown> {
  const versions = served.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(group: Group, { version, resources }: Group["versions"][number]): Record<string, unknown> {
  const groupVersion = group.name === "" ? version : `${group.name}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: resources.flatMap(classicResources) };
}

function classicResources({ name, singular, namespaced, kind, verbs, subresources, ...more }: Described): Record<string, unknown>[] {
  const { shortNames, storageHash } = more;
  const below = subresources.map((one) => ({ ...one, name: `${name}/${one.name}`, singularName: "", namespaced }));
  return [{ name, singularName: singular, namespaced, kind, verbs, shortNames, storageVersionHash: storageHash }, ...below];
}

function aggregatedGroup({ name, versions }: Group): Record<string, unknown> {
  const responseKind = (version: string, kind: string) => ({ group: name, version, kind });
  return {
    metadata: name === "" ? {} : { name },
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map(({ name: resource, singular, namespaced, kind, verbs, subresources, shortNames }) => ({
        resource,
        responseKind: responseKind(version, kind),
        scope: namespaced ? "Namespaced" : "Cluster",
        singularResource: singular,
        verbs,
        shortNames,
        ...(subresources.length > 0 && {
          subresources: subresources.map((below) => ({
            subresource: below.name,
            responseKind: responseKind(version, below.kind),
            verbs: below.verbs,
          })),
        }),
      })),
      freshness: "Current",
    })),
  };
}
