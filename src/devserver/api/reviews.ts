// Callers ask what they may do: `kubectl auth can-i` and `auth whoami`. The answer comes from the same rights that are
// enforced. JSON or protobuf in, JSON out.
// src: staging/src/k8s.io/api/authorization/v1/generated.proto in kubernetes/kubernetes.

import { ALL_NAMESPACES, GROUP } from "../../provisioning.ts";
import { type Caller, may, type Verb } from "../access/access.ts";
import { type ResourceName, resourceNamed, RESOURCES } from "../resources.ts";
import type { Answer, Call } from "../wire/call.ts";
import { invalidObject, invalidValue } from "../wire/causes.ts";
import { decodeObject, PROTOBUF_TYPE, type Shape } from "../wire/protobuf.ts";
import { badRequest, unsupportedMediaType } from "../wire/status.ts";

const AUTHORIZATION = "authorization.k8s.io";

/** Kinds of reviews by the group that has them. */
export const REVIEWS = {
  "authentication.k8s.io": ["SelfSubjectReview"],
  [AUTHORIZATION]: ["SelfSubjectAccessReview", "SelfSubjectRulesReview"],
} as const;

type ReviewKind = (typeof REVIEWS)[keyof typeof REVIEWS][number];

interface Review {
  kind: ReviewKind;
  apiVersion: string;
}

interface Attributes {
  namespace?: string;
  verb?: string;
  group?: string;
  resource?: string;
}

interface Spec {
  namespace?: string;
  resourceAttributes?: Attributes;
  nonResourceAttributes?: { path?: string; verb?: string };
}

const RESOURCE_ATTRIBUTES: Shape = { 1: "namespace", 2: "verb", 3: "group", 4: "version", 5: "resource", 6: "subresource", 7: "name" };
const SPECS: Record<ReviewKind, Shape> = {
  SelfSubjectReview: {},
  SelfSubjectAccessReview: { 1: ["resourceAttributes", RESOURCE_ATTRIBUTES], 2: ["nonResourceAttributes", { 1: "path", 2: "verb" }] },
  SelfSubjectRulesReview: { 1: "namespace" },
};
/** What everybody may read besides. */
const DESCRIPTIONS = ["/", "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version"];
const VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** The review that a path stands for. */
export function reviewAt(path: string): Review | undefined {
  for (const [group, kinds] of Object.entries(REVIEWS)) {
    const kind = kinds.find((known) => path === `/apis/${group}/v1/${known.toLowerCase()}s`);
    if (kind !== undefined) return { kind, apiVersion: `${group}/v1` };
  }
  return undefined;
}

/** @throws Refusal 400, 415, 422 */
export async function review({ kind, apiVersion }: Review, call: Call, caller: Caller): Promise<Answer> {
  const body = await readReview(call, kind);
  if ((body["kind"] ?? kind) !== kind) throw badRequest(`${String(body["kind"])} in version "v1" cannot be handled as a ${kind}`);
  const spec = (body["spec"] ?? {}) as Spec;
  const status = statusOf(kind, spec, caller);
  const asked = kind === "SelfSubjectReview" ? {} : { spec };
  return { status: 201, body: JSON.stringify({ kind, apiVersion, metadata: {}, ...asked, status }) };
}

function statusOf(kind: ReviewKind, spec: Spec, caller: Caller): Record<string, unknown> {
  if (kind === "SelfSubjectReview") return { userInfo: { username: caller.subject } };
  if (kind === "SelfSubjectRulesReview") return { ...rulesOf(caller, spec.namespace ?? ""), incomplete: false };
  const { resourceAttributes, nonResourceAttributes } = spec;
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
    const { path: Path = "", verb: Verb = "" } = nonResourceAttributes ?? {};
    const value = nonResourceAttributes === undefined ? null : { Path, Verb };
    const rule = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    throw invalidObject("", "", [invalidValue("spec", value, rule)], AUTHORIZATION);
  }
  const allowed = resourceAttributes === undefined
    ? nonResourceAttributes?.verb === "get" && DESCRIPTIONS.some((path) => covers(path, nonResourceAttributes.path ?? ""))
    : isAllowed(caller, resourceAttributes);
  return { allowed };
}

/** `*` asks for all of them. */
function isAllowed(caller: Caller, { namespace, verb = "", group = "", resource = "" }: Attributes): boolean {
  if (group === "" && resource === "namespaces") return verb === "get" || (verb === "list" && caller.namespace === ALL_NAMESPACES);
  if (group === AUTHORIZATION || group === "authentication.k8s.io") return verb === "create";
  if (group !== GROUP && resource !== "*") return false;
  const known = resourceNamed(resource);
  const resources = resource === "*" ? Object.values(RESOURCES) : known === undefined ? [] : [known];
  const verbs = VERBS.filter((one) => verb === "*" || one === verb);
  const asked = resources.flatMap(({ name }) => verbs.map((one) => may(caller, one, name, namespace || undefined)));
  return asked.length > 0 && !asked.includes(false);
}

function rulesOf(caller: Caller, namespace: string): Record<string, unknown> {
  const rules = Object.keys(RESOURCES).map((resource) => ({
    verbs: VERBS.filter((verb) => may(caller, verb, resource as ResourceName, namespace)),
    apiGroups: [GROUP],
    resources: [resource],
  }));
  const reviews = Object.entries(REVIEWS).map(([group, kinds]) => ({
    verbs: ["create"],
    apiGroups: [group],
    resources: kinds.map((kind) => `${kind.toLowerCase()}s`),
  }));
  return {
    resourceRules: [...rules.filter(({ verbs }) => verbs.length > 0), ...reviews],
    nonResourceRules: [{ verbs: ["get"], nonResourceURLs: DESCRIPTIONS }],
  };
}

function covers(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

async function readReview(call: Call, kind: ReviewKind): Promise<Record<string, unknown>> {
  const type = (call.header("content-type") ?? "application/json").split(";", 1)[0]?.trim();
  if (type === "application/json") return (await call.json()) ?? {};
  if (type !== PROTOBUF_TYPE) throw unsupportedMediaType(["application/json", PROTOBUF_TYPE]);
  const object = decodeObject(await call.bytes(), { 2: ["spec", SPECS[kind]] });
  if (object === undefined) throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  return object;
}
