// The answers below /openapi: the index and the documents of v3, and as much of v2 as clients insist on.

import { createHash } from "node:crypto";
import { GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Answer } from "../wire/call.ts";
import { negotiate } from "../wire/negotiate.ts";
import { documentedResources, openapiDocument, schemasOf } from "./openapi-document.ts";
import { servedVersions } from "./paths.ts";

/** As it is called today, and as older clients call it. */
const V2_PROTOBUF = [
  "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
  "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
];
const JSON_TYPE = "application/json";

/** The answer for a path below /openapi; undefined for one that is not there. */
export function openapi(path: string, accept: string | undefined, behaviour: Behaviour): Answer | undefined {
  if (path === "/openapi/v2") return v2(accept, behaviour);
  const documents = servedVersions(behaviour).map((version) => {
    const body = JSON.stringify(openapiDocument(version, behaviour));
    const hash = createHash("sha512").update(body).digest("hex").toUpperCase();
    return { name: `apis/${GROUP}/${version}`, body, hash };
  });
  if (path === "/openapi/v3") {
    const url = (name: string, hash: string) => ({ serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` });
    return json({ paths: Object.fromEntries(documents.map(({ name, hash }) => [name, url(name, hash)])) });
  }
  const document = documents.find(({ name }) => path === `/openapi/v3/${name}`);
  if (document === undefined) return undefined;
  if (negotiate(accept, [JSON_TYPE], () => false) === undefined) return { status: 406, body: "" };
  return { status: 200, body: document.body, headers: { etag: `"${document.hash}"`, vary: "Accept" } };
}

/**
 * Protobuf that says nothing: a client that insists on it (kubectl up to 1.28 in all cases, later ones when they apply) is
 * content, and has the server validate. JSON holds the schemas.
 */
function v2(accept: string | undefined, behaviour: Behaviour): Answer {
  const media = negotiate(accept, [JSON_TYPE, ...V2_PROTOBUF], () => false);
  if (media === undefined) return { status: 406, body: "" };
  if (media.type !== JSON_TYPE) return { status: 200, body: "", headers: { "content-type": V2_PROTOBUF[0] ?? "" } };
  const resources = documentedResources(behaviour);
  const schemas = servedVersions(behaviour).map((version) => schemasOf(resources, version));
  const definitions = JSON.stringify(Object.assign({}, ...schemas)).replaceAll("#/components/schemas/", "#/definitions/");
  const head = { swagger: "2.0", info: { title: "job-controller dev", version: "v1" }, paths: {} };
  return { status: 200, body: `${JSON.stringify(head).slice(0, -1)},"definitions":${definitions}}` };
}

function json(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
