// The paths that describe the server rather than its objects. They need no token.

import { API_VERSIONS, GROUP } from "../../provisioning.ts";
import type { Answer } from "../wire/call.ts";
import { groupVersion, RESOURCES } from "./resources.ts";

const VERBS = ["create", "delete", "get", "list", "update", "watch"];

/** The answer for one of these paths; undefined for any other. */
export function discovery(path: string): Answer | undefined {
  if (["/livez", "/readyz", "/healthz"].includes(path)) {
    return { status: 200, body: "ok", headers: { "content-type": "text/plain" } };
  }
  const body = document(path.replace(/\/$/, ""));
  return body === undefined ? undefined : { status: 200, body: JSON.stringify(body) };
}

function document(path: string): Record<string, unknown> | undefined {
  const versions = API_VERSIONS.map((version) => ({ groupVersion: groupVersion(version), version }));
  const group = { name: GROUP, versions, preferredVersion: versions[0] };
  if (path === "/version") return { major: "1", minor: "33", gitVersion: "v1.33.0+job-controller-dev", platform: "dev" };
  if (path === "/api") return { kind: "APIVersions", versions: [] };
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: [group] };
  if (path === `/apis/${GROUP}`) return { kind: "APIGroup", apiVersion: "v1", ...group };
  const version = versions.find((served) => path === `/apis/${served.groupVersion}`);
  if (version === undefined) return undefined;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: version.groupVersion, resources: resourceList() };
}

function resourceList(): Record<string, unknown>[] {
  const objects = Object.values(RESOURCES).flatMap(({ name, kind, statusSubresource }) => [
    { name, singularName: kind.toLowerCase(), namespaced: true, kind, verbs: VERBS },
    ...(statusSubresource
      ? [{ name: `${name}/status`, singularName: "", namespaced: true, kind, verbs: ["get", "update"] }]
      : []),
  ]);
  return [...objects, { name: "repositories/jobs", singularName: "", namespaced: true, kind: "Job", verbs: ["create", "get"] }];
}
