// DeleteOptions: the body of a DELETE, or its query where there is no body, in; what is to be done out.

import { checkOptions, invalidValue, notSupported } from "../wire/causes.ts";
import { badRequest } from "../wire/status.ts";
import { envelopeOf, parseJson, Undecodable } from "./envelope.ts";
import { decodeError } from "./go-types.ts";
import { flag, integer, object, type Schema, text, texts } from "./schema-parts.ts";
import { dryRunCauses } from "./write-options.ts";

/** Null is as good as absent. */
interface Given {
  dryRun?: readonly string[] | null;
  preconditions?: { uid?: string | null; resourceVersion?: string | null } | null;
  propagationPolicy?: string | null;
  orphanDependents?: boolean | null;
}

export interface DeleteOptions {
  dryRun: boolean;
  uid: string | undefined;
  resourceVersion: string | undefined;
  /** What becomes of dependents; undefined = as the object says. */
  policy: "Foreground" | "Background" | "Orphan" | undefined;
  /** Dependents were explicitly not to be orphaned: the answer for an object that lingers is 202. */
  cascades: boolean;
}

/** Those that a query has too. */
export const DELETE_PARAMETERS = {
  dryRun: text("All: check only."),
  gracePeriodSeconds: integer("Has no meaning for these kinds."),
  orphanDependents: flag("Not used any more."),
  propagationPolicy: text("Orphan, Background or Foreground: what becomes of objects that this one owns."),
};
export const DELETE_OPTIONS: Schema = object("How to delete.", {
  apiVersion: text("v1"),
  kind: text("DeleteOptions"),
  ...DELETE_PARAMETERS,
  dryRun: texts("All: check only."),
  preconditions: object("What must hold.", { uid: text("The object's uid."), resourceVersion: text("The object's version.") }),
});
const NAMES = {
  "": "v1.DeleteOptions",
  preconditions: "v1.Preconditions",
  "preconditions.uid": "types.UID",
  propagationPolicy: "v1.DeletionPropagation",
};
const POLICIES = ["Foreground", "Background", "Orphan"];

/** The body wins, whatever the query says. @throws Refusal 400, 422 */
export function parseDeleteOptions(body: string, query: URLSearchParams): DeleteOptions {
  const given = body === "" ? fromQuery(query) : fromBody(body);
  const { dryRun, preconditions, propagationPolicy, orphanDependents } = given;
  const field = "propagationPolicy";
  const both = propagationPolicy != null && orphanDependents != null;
  const unknown = propagationPolicy != null && !POLICIES.includes(propagationPolicy);
  const causes = [
    ...(both ? [invalidValue(field, propagationPolicy, "orphanDependents and deletionPropagation cannot be both set")] : []),
    ...(unknown ? [notSupported(field, propagationPolicy, [...POLICIES, "nil"])] : []),
    ...dryRunCauses(dryRun ?? []),
  ];
  checkOptions("DeleteOptions", causes);
  const orphaning = orphanDependents == null ? undefined : orphanDependents ? "Orphan" : "Background";
  return {
    dryRun: (dryRun ?? []).length > 0,
    uid: preconditions?.uid ?? undefined,
    resourceVersion: preconditions?.resourceVersion ?? undefined,
    policy: orphaning ?? (propagationPolicy ?? undefined) as DeleteOptions["policy"],
    cascades: orphanDependents === false,
  };
}

function fromBody(body: string): Given {
  try {
    const { fields, kind, apiVersion } = envelopeOf(parseJson(body).value);
    if (kind !== "" && kind !== "DeleteOptions") {
      const version = JSON.stringify(apiVersion);
      throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`);
    }
    const wrong = decodeError(DELETE_OPTIONS, fields, NAMES);
    if (wrong !== undefined) throw badRequest(wrong);
    return fields as Given;
  } catch (error) {
    throw error instanceof Undecodable ? badRequest(error.message) : error;
  }
}

function fromQuery(query: URLSearchParams): Given {
  const orphan = query.get("orphanDependents");
  const grace = query.get("gracePeriodSeconds");
  if (grace !== null && !/^[+-]?\d+$/.test(grace)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  }
  return {
    dryRun: query.getAll("dryRun"),
    propagationPolicy: query.get("propagationPolicy"),
    orphanDependents: orphan === null ? null : orphan !== "0" && orphan.toLowerCase() !== "false",
  };
}
