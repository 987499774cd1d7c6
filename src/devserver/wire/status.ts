// Status bodies as the API words them, for refusals above all: a thrown Refusal becomes a response. `resource` and `group` are
// those of the object that it is about.

import { GROUP } from "../../provisioning.ts";

export interface Cause {
  reason: string;
  message: string;
  field: string;
}

export interface StatusBody {
  kind: "Status";
  apiVersion: "v1";
  metadata: { continue?: string };
  status: "Failure" | "Success";
  message?: string;
  reason?: string;
  details?: Record<string, unknown>;
  code?: number;
}

/** Ends the handling of a request with this Status. */
export class Refusal extends Error {
  readonly body: StatusBody;
  readonly code: number;
  /** Sent with the body. Names in lower case. */
  readonly headers: Record<string, string> = {};
  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.body = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason === "" ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** 200 where there is no object to show. */
export function success(resource: string, name: string, uid: string): StatusBody {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details: { ...details(resource, name), uid } };
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

export function unauthorized(message = "Unauthorized"): Refusal {
  return new Refusal(401, "Unauthorized", message);
}

export function forbidden(resource: string, name: string, why: string, group = GROUP): Refusal {
  const title = name === "" ? titleOf(resource, group) : `${titleOf(resource, group)} "${name}"`;
  return new Refusal(403, "Forbidden", `${title} is forbidden: ${why}`, details(resource, name, group));
}

export function noSuchPath(): Refusal {
  return new Refusal(404, "NotFound", "the server could not find the requested resource", {});
}

export function notFound(resource: string, name: string, group = GROUP): Refusal {
  return new Refusal(404, "NotFound", `${titleOf(resource, group)} "${name}" not found`, details(resource, name, group));
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** 405 as custom kinds have it; `verb` is empty where they do not know what the method would do. */
export function methodNotSupported(resource: string, verb = ""): Refusal {
  const message = `${verb} is not supported on resources of kind "${resource}.${GROUP}"`;
  return new Refusal(405, "MethodNotAllowed", message, details(resource, ""));
}

export function alreadyExists(resource: string, name: string, prefix = ""): Refusal {
  return new Refusal(409, "AlreadyExists", `${prefix}${resource}.${GROUP} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: string, name: string, why: string): Refusal {
  return new Refusal(409, "Conflict", `Operation cannot be fulfilled on ${resource}.${GROUP} "${name}": ${why}`, details(resource, name));
}

/** The body is in none of these media types. */
export function unsupportedMediaType(types: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${types.join(", ")}`;
  return new Refusal(415, "UnsupportedMediaType", message);
}

/** A resource, or a kind, with its group; that of the core has none. */
export function titleOf(resource: string, group: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function details(resource: string, name: string, group = GROUP): Record<string, unknown> {
  return { ...(name && { name }), ...(group && { group }), kind: resource };
}
