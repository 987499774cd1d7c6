// An object against the schema of its kind: what has the wrong type and what is missing, as the API server says it of
// custom resources; which fields its kind does not have, and the object without these.

import { invalidType, invalidValue, required } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";
import { fieldOf, fieldPath, type Schema } from "./schema-parts.ts";

/** Everything that breaks the schema. `path` is that of the value. */
export function breaches(schema: Schema, value: unknown, path: string): Cause[] {
  const found = typeOf(value);
  if (schema.type === "number" && found === "integer") return [];
  if (schema.type === "integer" && found === "number") return notWhole(path);
  if (schema.type !== found) return [invalidType(path, found, schema.type)];
  const { items } = schema;
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((element, index) => breaches(items, element, `${path}[${index}]`));
  }
  if (found !== "object") return [];
  const fields = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => fields[name] === undefined).map((name) => required(fieldPath(path, name)));
  const wrong = Object.entries(fields).flatMap(([name, field]) => {
    const known = fieldOf(schema, name);
    return known === undefined || field === undefined ? [] : breaches(known, field, fieldPath(path, name));
  });
  return [...wrong, ...missing];
}

/**
 * Paths of the fields that the schema does not have, such as `spec.push.resources[0].size`, sorted. What has another type
 * than the schema says is passed over.
 */
export function unknownFields(schema: Schema, value: unknown): string[] {
  return [...unknownBelow(schema, value, "")].sort();
}

function* unknownBelow(schema: Schema, value: unknown, path: string): Generator<string> {
  if (schema.items !== undefined && Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* unknownBelow(schema.items, element, `${path}[${index}]`);
  }
  if (schema.properties === undefined || typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const known = fieldOf(schema, name);
    if (known !== undefined) yield* unknownBelow(known, field, fieldPath(path, name));
    else if (!keepsUnknown(schema)) yield fieldPath(path, name);
  }
}

/** A copy without fields that the schema does not have, and without those that are null. */
export function pruned(schema: Schema, value: unknown): unknown {
  const { items } = schema;
  if (Array.isArray(value)) return items === undefined ? value : value.map((element) => pruned(items, element));
  if (typeof value !== "object" || value === null || schema.type !== "object") return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const known = fieldOf(schema, name);
    if (known === undefined) return keepsUnknown(schema) ? [[name, field]] : [];
    if (field !== null) return [[name, pruned(known, field)]];
    // A null in a map of texts is an empty text.
    return known === schema.additionalProperties ? [[name, ""]] : [];
  }));
}

/** Where the type of an integer is checked, its format is checked too, and says so in a cause of its own. */
function notWhole(path: string): Cause[] {
  const format = invalidValue("<nil>", "", `Checked value must be of type integer with format int64 in ${path}`);
  return [invalidType(path, "float64", "int64"), format];
}

function keepsUnknown(schema: Schema): boolean {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return true;
  return schema.properties === undefined && schema.additionalProperties === undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
