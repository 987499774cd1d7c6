// The body of a write becomes an object: checked as far as its kind alone tells, without fields that the kind does not
// have. What of that is worth a word, and how loud the word is, the caller decides by `complaints`.

import type { ApiVersion } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { groupVersion, type Resource } from "../resources.ts";
import type { Metadata, Resourced } from "../state/object.ts";
import { badRequest, type Refusal } from "../wire/status.ts";
import { envelopeOf, excerpt, goJson, parseJson, Undecodable } from "./envelope.ts";
import { decodeError, kindNames, METADATA_NAMES } from "./go-types.ts";
import { pruned, unknownFields } from "./schema-check.ts";
import { METADATA } from "./schema-metadata.ts";
import { SCHEMAS } from "./schema.ts";
import type { FieldValidation } from "./write-options.ts";

/** Takes what is worth a word though it is done. */
export type Warn = (text: string) => void;

/** What a body is decoded for. */
export interface Expected {
  resource: Resource;
  version: ApiVersion;
  behaviour: Behaviour;
}

interface Decoded {
  object: Resourced;
  /** Fields that are unknown or there twice. */
  complaints: string[];
}

/** The object of a POST or PUT; complaints go to `warn`, or are the refusal. @throws Refusal 400 */
export function decodeBody(body: string, expected: Expected, validation: FieldValidation, warn: Warn): Resourced {
  const { kind } = expected.resource;
  try {
    const { value, duplicates } = parseJson(body);
    const { object, complaints } = decodeObject(value, expected, duplicates, body);
    complain(complaints, validation, warn);
    const wanted = groupVersion(expected.version);
    if (object.apiVersion !== wanted) {
      throw badRequest(`the API version in the data (${object.apiVersion}) does not match the expected API version (${wanted})`);
    }
    return object;
  } catch (error) {
    throw error instanceof Undecodable ? undecodable(error, kind, expected.version, body) : error;
  }
}

/** @throws Undecodable for complaints that are heard strictly */
export function complain(complaints: readonly string[], validation: FieldValidation, warn: Warn): void {
  if (validation === "Strict" && complaints.length > 0) throw new Undecodable(`strict decoding error: ${complaints.join(", ")}`, true);
  if (validation === "Warn") complaints.forEach(warn);
}

/** The object that a JSON value stands for. @throws Undecodable */
export function decodeObject(value: unknown, { resource, version, behaviour }: Expected, duplicates: string[], body?: string): Decoded {
  const { fields, ...claimed } = envelopeOf(value);
  const builtIn = behaviour.kinds === "built-in";
  if (claimed.kind === "" && !builtIn) throw new Undecodable(`Object 'Kind' is missing in '${body ?? goJson(value)}'`, false);
  const { kind = resource.kind as string, apiVersion = groupVersion(version) } = builtIn ? without(claimed) : claimed;
  if (builtIn && kind !== resource.kind) throw new Undecodable(`no kind "${kind}" is registered for version "${apiVersion}"`, false);

  const schema = SCHEMAS[resource.kind];
  const wrong = builtIn
    ? decodeError(schema, fields, kindNames(kind, version))
    : decodeError(METADATA, fields["metadata"], METADATA_NAMES);
  if (wrong !== undefined) throw new Undecodable(wrong, true);

  // What claims to be of another kind is refused for that.
  const keeps = behaviour.unknownFields === "kept" || kind !== resource.kind;
  const unknown = keeps ? [] : unknownFields(schema, fields).sort(metadataFirst);
  const known = (keeps ? fields : pruned(schema, fields)) as Resourced;
  return {
    object: { ...known, kind, apiVersion, metadata: tidy(known.metadata ?? {}) },
    complaints: [
      ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
      ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
    ],
  };
}

/** Metadata without what says nothing, and without what is not kept here. */
export function tidy(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).filter(([field, value]) => !NOT_KEPT.includes(field) && !isEmpty(value)));
}

const NOT_KEPT: readonly string[] = ["managedFields", "selfLink"];

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function undecodable(error: Undecodable, kind: string, version: ApiVersion, body: string): Refusal {
  if (error.recognized) return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message} (${excerpt(body)})`);
}

function without<Fields extends Record<string, string>>(claimed: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(claimed).filter(([, text]) => text !== "")) as Partial<Fields>;
}

function metadataFirst(left: string, right: string): number {
  return Number(right.startsWith("metadata.")) - Number(left.startsWith("metadata."));
}
