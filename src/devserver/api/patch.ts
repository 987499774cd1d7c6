// A PATCH: its media type says what the body is, and the body becomes a function from the object that is there to the
// object that is to be. Strategic merge and server-side apply are refused.

import { groupVersion } from "../resources.ts";
import type { Resourced, Stored } from "../state/object.ts";
import { invalidObject, invalidValue } from "../wire/causes.ts";
import { duplicateFields } from "../wire/json-scan.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import { complain, decodeObject, type Expected, type Warn } from "./decode.ts";
import { goJson, goType, Undecodable } from "./envelope.ts";
import { jsonPatch, type Operation, PatchFailure } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import type { FieldValidation } from "./write-options.ts";

const JSON_PATCH = "application/json-patch+json";
/** Media types of patches that are taken. */
export const PATCH_TYPES: readonly string[] = [JSON_PATCH, "application/merge-patch+json"];

/** Makes of the object that is there the one that is to be. */
type Patching = (current: Stored) => Resourced;

const OPERATION_FIELDS = ["op", "from", "path", "value"];
const MAX_OPERATIONS = 10_000;

/** @throws Refusal 400 for a body that is no JSON; what is made throws 400, 413 and 422 */
export function parsePatch(type: string, body: string, expected: Expected, validation: FieldValidation, warn: Warn): Patching {
  const { patch, duplicates } = parse(body);
  const lax = validation === "Ignore";
  const operations = type === JSON_PATCH;
  const twice = duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
  const complaints = operations ? [...twice, ...unknownParts(patch)].map((complaint) => `json patch ${complaint}`) : twice;
  const { resource, version } = expected;
  return (current) => {
    const whole = { apiVersion: groupVersion(version), kind: resource.kind, ...current };
    const patched = operations ? applyOperations(whole, patch, lax) : applyMerge(whole, patch, lax);
    try {
      const { object, complaints: more } = decodeObject(patched, expected, []);
      complain([...complaints, ...more], validation, warn);
      return object;
    } catch (error) {
      throw error instanceof Undecodable ? unusable(patched, error.message) : error;
    }
  };
}

function parse(body: string): { patch: unknown; duplicates: string[] } {
  try {
    const duplicates = duplicateFields(body);
    return { patch: JSON.parse(body) as unknown, duplicates };
  } catch {
    throw badRequest("invalid JSON patch");
  }
}

/** `lax`: the server does not look first, and takes whatever is JSON. */
function applyMerge(document: unknown, patch: unknown, lax: boolean): unknown {
  if (patch === null) throw badRequest("Invalid JSON Patch");
  const isObject = typeof patch === "object" && !Array.isArray(patch);
  if (!lax && !isObject) throw undecodable(lax, goType(patch), "value of type map[string]interface {}");
  return mergePatch(document, patch);
}

function applyOperations(document: unknown, patch: unknown, lax: boolean): unknown {
  const operations = patch ?? [];
  const target = lax ? "jsonpatch.Patch" : "[]handlers.jsonPatchOp";
  if (!Array.isArray(operations)) throw undecodable(lax, goType(operations), `value of type ${target}`);
  for (const operation of operations as unknown[]) checkOperation(operation, lax);
  if (operations.length > MAX_OPERATIONS) throw tooMany(operations.length);
  try {
    return jsonPatch(document, operations as (Operation | null)[]);
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error;
    throw new Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {});
  }
}

function checkOperation(operation: unknown, lax: boolean): void {
  if (operation === null) return;
  if (typeof operation !== "object" || Array.isArray(operation)) {
    throw undecodable(lax, goType(operation), "value of type handlers.jsonPatchOp");
  }
  for (const name of ["op", "from", "path"]) {
    const field = (operation as Record<string, unknown>)[name] ?? "";
    if (typeof field !== "string") throw undecodable(lax, goType(field), `struct field jsonPatchOp.${name} of type string`);
  }
}

function unknownParts(patch: unknown): string[] {
  return (Array.isArray(patch) ? patch : []).flatMap((operation, index) => {
    const unknown = Object.keys((operation ?? {}) as object).filter((name) => !OPERATION_FIELDS.includes(name));
    return unknown.map((name) => `unknown field "[${index}].${name}"`);
  });
}

function undecodable(lax: boolean, found: string, target: string): Refusal {
  return badRequest(`${lax ? "" : "error decoding patch: "}json: cannot unmarshal ${found} into Go ${target}`);
}

function tooMany(count: number): Refusal {
  const why = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${count}`;
  return new Refusal(413, "RequestEntityTooLarge", `Request entity too large: ${why}`);
}

/** What comes of the patch is no object of the kind. */
function unusable(patched: unknown, why: string): Refusal {
  return invalidObject("", "", [invalidValue("patch", goJson(patched), why)], "");
}
