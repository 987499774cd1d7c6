// Who calls and what that caller may do: 401 and 403 before anything is looked up.

import { Secret } from "../../base/secret.ts";
import { ALL_NAMESPACES, AUDIENCE, GROUP } from "../../provisioning.ts";
import { type ResourceName, RESOURCES } from "../resources.ts";
import type { Call } from "../wire/call.ts";
import { forbidden, unauthorized } from "../wire/status.ts";
import type { Tokens } from "./tokens.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

export interface Caller {
  subject: string;
  namespace: string;
  permissions: readonly string[];
}

/** Every verb on the three resources. */
export const ALL_PERMISSIONS: readonly string[] = Object.keys(RESOURCES).map((name) => `${GROUP}/${name}:*`);

/** Subject of the tokens that the exchange gives, and of Grafana's own parts. */
export const ACCESS_POLICY = "access-policy:provisioning";

/** Claims of the token that people's clients send as `Authorization: Bearer`. */
export const SERVICE_ACCOUNT = {
  subject: "service-account:dev",
  namespace: ALL_NAMESPACES,
  audiences: ["service-account"],
  permissions: ALL_PERMISSIONS,
} as const;

export interface AccessContext {
  tokens: Tokens;
  bearerToken: Secret | undefined;
}

/**
 * The caller by `X-Access-Token` (with or without `Bearer `), or by `Authorization: Bearer` with a service account's token or
 * the static one. An access token in `Authorization` is refused, as Grafana does: a client that sends it there must fail here
 * too. A client certificate names nobody: it is asked for beside the token, never in its place.
 * @throws Refusal 401
 */
export async function authenticate(call: Call, { tokens, bearerToken }: AccessContext): Promise<Caller> {
  if (call.peer?.trusted === false) throw unauthorized("x509: certificate signed by unknown authority");
  const accessToken = call.header("x-access-token");
  if (accessToken !== undefined) return verified(tokens, accessToken.replace(/^Bearer /, ""), AUDIENCE);
  const [, bearer = ""] = /^Bearer +(\S+)$/i.exec(call.header("authorization") ?? "") ?? [];
  if (bearerToken?.equals(new Secret(bearer)) === true) return { ...SERVICE_ACCOUNT, subject: "service-account" };
  return verified(tokens, bearer, SERVICE_ACCOUNT.audiences[0]);
}

/** Whether a request says who it comes from; an empty header says nothing. */
export function hasCredential(call: Pick<Call, "header">): boolean {
  return [call.header("x-access-token"), call.header("authorization")].some((text) => text !== undefined && text !== "");
}

async function verified(tokens: Tokens, token: string, audience: string): Promise<Caller> {
  const claims = await tokens.verify(token);
  if (claims?.audiences.includes(audience) !== true) throw unauthorized();
  return claims;
}

/** @throws Refusal 403 */
export function authorize(caller: Caller, verb: Verb, resource: ResourceName, namespace: string | undefined, name: string): void {
  if (may(caller, verb, resource, namespace)) return;
  throw forbidden(resource, name, denial(caller, verb, resource, namespace));
}

/** Why a caller is refused. */
export function denial({ subject }: Caller, verb: Verb, resource: string, namespace: string | undefined, group = GROUP): string {
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return `User "${subject}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

/** A path without namespace needs the claim `*`. */
export function may(caller: Caller, verb: Verb, resource: ResourceName, namespace: string | undefined): boolean {
  if (caller.namespace !== ALL_NAMESPACES && caller.namespace !== namespace) return false;
  return caller.permissions.some((permission) => permits(permission, verb, resource));
}

/** Reads `group/resource:verb` and `group:verb`; `*` is any verb, `get` admits `list`. */
function permits(permission: string, verb: Verb, resource: ResourceName): boolean {
  const [subject, held] = permission.split(":", 2);
  if (subject !== GROUP && subject !== `${GROUP}/${resource}`) return false;
  return held === "*" || held === verb || (held === "get" && verb === "list");
}
