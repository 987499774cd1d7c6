// Refusals as the API words them: a thrown Refusal becomes a response with a Status body.

import { GROUP } from "../../provisioning.ts";
import type { ResourceName } from "../resources.ts";

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

export function success(resource: ResourceName, name: string, uid: string): StatusBody {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, group: GROUP, kind: resource, uid },
  };
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

export function unauthorized(message = "Unauthorized"): Refusal {
  return new Refusal(401, "Unauthorized", message);
}

export function forbidden(resource: ResourceName, name: string, why: string): Refusal {
  const title = name === "" ? `${resource}.${GROUP}` : `${resource}.${GROUP} "${name}"`;
  return new Refusal(403, "Forbidden", `${title} is forbidden: ${why}`, details(resource, name));
}

export function noSuchPath(): Refusal {
  return new Refusal(404, "NotFound", "the server could not find the requested resource", {});
}

export function notFound(resource: ResourceName, name: string): Refusal {
  return new Refusal(404, "NotFound", `${resource}.${GROUP} "${name}" not found`, details(resource, name));
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** 405 as custom kinds have it; `verb` is empty where they do not know what the method would do. */
export function methodNotSupported(resource: ResourceName, verb = ""): Refusal {
  return new Refusal(405, "MethodNotAllowed", `${verb} is not supported on resources of kind "${resource}.${GROUP}"`, details(resource, ""));
}

export function alreadyExists(resource: ResourceName, name: string, prefix = ""): Refusal {
  return new Refusal(409, "AlreadyExists", `${prefix}${resource}.${GROUP} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: ResourceName, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${resource}.${GROUP} "${name}": ${why}`;
  return new Refusal(409, "Conflict", message, details(resource, name));
}

function details(resource: ResourceName, name: string): Record<string, unknown> {
  return { ...(name === "" ? {} : { name }), group: GROUP, kind: resource };
}
