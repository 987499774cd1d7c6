// Which form an answer takes: what the client accepts and asks for in, a Form and its media type out.
// src: pkg/endpoints/handlers/response.go of k8s.io/apiserver.

import type { ApiVersion } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Resource } from "../resources.ts";
import { type Conversion, negotiate, notAcceptable, OBJECT_TYPES } from "../wire/negotiate.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import { metadataForm } from "./metadata-form.ts";
import { type Form, plainForm } from "./plain-form.ts";
import { type IncludeObject, tableForm } from "./table-form.ts";

/** What an answer holds: one object, a list, or events. */
export type Holds = "object" | "list" | "events";

interface FormRequest {
  accept: string | undefined;
  query: URLSearchParams;
  resource: Resource;
  version: ApiVersion;
  holds: Holds;
}

interface ChosenForm {
  form: Form;
  contentType: string;
}

const GROUP = "meta.k8s.io";
const VERSIONS = ["v1", "v1beta1"];
const KINDS = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"];
/** Of a Go type for messages: custom kinds have one for all. */
const UNSTRUCTURED_LIST = "*unstructured.UnstructuredList";

/** @throws Refusal 400, 406, 500 */
export function chooseForm({ accept, query, resource, version, holds }: FormRequest, behaviour: Behaviour): ChosenForm {
  const { kinds } = behaviour;
  const media = negotiate(accept, OBJECT_TYPES, isForm);
  if (media === undefined) throw notAcceptable();
  if (holds === "events" && media.type !== "application/json") {
    throw notAcceptable("application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch");
  }
  const plain = plainForm(resource, version, behaviour);
  const contentType = media.type;
  if (media.as === undefined) return { form: plain, contentType };
  const apiVersion = `${GROUP}/${media.as.version}`;
  if (media.as.kind === "Table") {
    const include = parseInclude(query.get("includeObject"));
    return { form: tableForm({ resource, apiVersion, include, kinds, plain }), contentType };
  }
  const form = metadataForm(apiVersion, plain);
  const refusal = mismatch(media.as.kind, holds, `*${version}.${resource.kind}`, kinds);
  if (refusal !== undefined && holds === "events") throw refusal;
  return { form: refusal === undefined ? form : refusing(form, refusal), contentType };
}

/** Why a form cannot show what is held. */
function mismatch(kind: string, holds: Holds, type: string, kinds: Behaviour["kinds"]): Refusal | undefined {
  const custom = kinds === "custom";
  if (kind === "PartialObjectMetadata" && holds === "list") {
    return notThat(`PartialObjectMetadata, but the requested object is a list (${custom ? UNSTRUCTURED_LIST : `${type}List`})`);
  }
  if (kind !== "PartialObjectMetadataList" || holds === "list") return undefined;
  if (custom) return new Refusal(500, "", "content is not a list");
  return notThat(`PartialObjectMetadataList, but the requested object is not a list (${type})`);
}

/** A form that is found wrong only where there is something to show: the request is refused, or done, before. */
function refusing(form: Form, refusal: Refusal): Form {
  const refuse = () => {
    throw refusal;
  };
  return { ...form, object: refuse, list: refuse };
}

function isForm({ kind, group, version }: Conversion): boolean {
  return group === GROUP && VERSIONS.includes(version) && KINDS.includes(kind);
}

export function isTable(as: Conversion): boolean {
  return as.kind === "Table" && isForm(as);
}

function notThat(what: string): Refusal {
  return new Refusal(406, "NotAcceptable", `you requested ${what}`);
}

function parseInclude(text: string | null): IncludeObject {
  if (text === null || text === "" || text === "Metadata") return "Metadata";
  if (text === "None" || text === "Object") return text;
  const rule = "must be 'Metadata', 'Object', 'None', or empty";
  throw badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: ${rule}`);
}
