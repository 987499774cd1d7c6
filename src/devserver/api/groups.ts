// The groups, versions and resources that are served, as data for discovery and OpenAPI: a Behaviour in, a list out.

import { createHash } from "node:crypto";
import { API_VERSIONS, GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { RESOURCES } from "../resources.ts";
import { isServed, servedVersions } from "./paths.ts";
import { REVIEWS } from "./reviews.ts";

interface Subresource {
  name: string;
  kind: string;
  verbs: readonly string[];
}

export interface Described {
  name: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  subresources: readonly Subresource[];
  shortNames?: readonly string[];
  /** Tells clients when objects are stored in another version. */
  storageHash?: string;
}

export interface Group {
  /** Empty for the group that is served below `/api`. */
  name: string;
  /** The preferred one first. */
  versions: readonly { version: string; resources: readonly Described[] }[];
}

const OBJECT_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** The same in the order in which the API server lists them for custom kinds. */
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

export function servedGroups(behaviour: Behaviour): Group[] {
  const review = (kind: string): Described => (
    { name: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind, namespaced: false, verbs: ["create"], subresources: [] }
  );
  const served = Object.values(RESOURCES).filter((resource) => isServed(resource, behaviour));
  const resources = served.map(({ name, singular, kind, statusSubresource }): Described => ({
    name,
    singular,
    kind,
    namespaced: true,
    verbs: behaviour.kinds === "custom" ? CUSTOM_VERBS : OBJECT_VERBS,
    subresources: [
      ...(name === "repositories" ? [{ name: "jobs", kind: "Job", verbs: ["create", "get"] }] : []),
      ...(statusSubresource ? [{ name: "status", kind, verbs: ["get", "patch", "update"] }] : []),
    ],
    storageHash: hashOf(`${GROUP}/${API_VERSIONS[0]}/${kind}`),
  }));
  return [
    { name: "", versions: [{ version: "v1", resources: [NAMESPACES] }] },
    ...Object.entries(REVIEWS).map(([name, kinds]) => ({ name, versions: [{ version: "v1", resources: kinds.map(review) }] })),
    { name: GROUP, versions: servedVersions(behaviour).map((version) => ({ version, resources })) },
  ];
}

/** The beginning of a digest, as the API server makes it of the version that is stored. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, 8).toString("base64");
}

const NAMESPACES: Described = {
  name: "namespaces",
  singular: "namespace",
  kind: "Namespace",
  namespaced: false,
  verbs: ["get", "list"],
  subresources: [],
  shortNames: ["ns"],
};
