// The first look at a body: is it JSON, what kind and version does it claim to be. Knows no kind.

import { Buffer } from "node:buffer";
import { duplicateFields } from "../wire/json-scan.ts";

/** A body that cannot be read, in the words of Go's decoder. */
export class Undecodable extends Error {
  /** False: not even its kind could be told. */
  readonly recognized: boolean;

  constructor(message: string, recognized: boolean) {
    super(message);
    this.recognized = recognized;
  }
}

interface Envelope {
  fields: Record<string, unknown>;
  /** Empty if not given. */
  kind: string;
  /** Empty if not given. */
  apiVersion: string;
}

const INTO = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

/** The value of a JSON text, and the paths of keys that are there twice. @throws Undecodable */
export function parseJson(text: string): { value: unknown; duplicates: string[] } {
  try {
    const duplicates = duplicateFields(text);
    return { value: JSON.parse(text) as unknown, duplicates };
  } catch (error) {
    throw failed((error as Error).message);
  }
}

/** @throws Undecodable for what is no object */
export function envelopeOf(value: unknown): Envelope {
  const fields = value ?? {};
  if (typeof fields !== "object" || Array.isArray(fields)) throw failed(mismatch(fields, `value of type ${INTO}`));
  const { kind = null, apiVersion = null } = fields as { kind?: unknown; apiVersion?: unknown };
  for (const [name, field] of Object.entries({ kind, apiVersion })) {
    if (field !== null && typeof field !== "string") throw failed(mismatch(field, `struct field .${name} of type string`));
  }
  return { fields: fields as Record<string, unknown>, kind: (kind ?? "") as string, apiVersion: (apiVersion ?? "") as string };
}

/** JSON as Go writes it: keys in their order. */
export function goJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

/** Go's word for the type of a JSON value. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** The beginning of a body, as errors show it: text if it looks like JSON, else its bytes. */
export function excerpt(body: string): string {
  if (body === "") return "<empty>";
  const shown = body.startsWith("{") ? body : Buffer.from(body).toString("hex");
  return shown.length > MAX_EXCERPT ? `${shown.slice(0, MAX_EXCERPT)} ...` : shown;
}

const MAX_EXCERPT = 30;

function mismatch(value: unknown, target: string): string {
  return `json: cannot unmarshal ${goType(value)} into Go ${target}`;
}

function failed(why: string): Undecodable {
  return new Undecodable(`couldn't get version/kind; json parse error: ${why}`, false);
}
