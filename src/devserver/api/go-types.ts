// What the API server says of a body whose fields have the wrong type where it decodes them into types of Go: a schema and
// a value in, the decoder's first complaint out.

import { goType } from "./envelope.ts";
import { fieldOf, fieldPath, type Schema } from "./schema-parts.ts";

/** Go's names of types that are no plain ones, by path. */
type GoNames = Readonly<Record<string, string>>;

/** The names of the types that metadata is decoded into. */
export const METADATA_NAMES: GoNames = {
  "": "v1.ObjectMeta",
  ownerReferences: "v1.OwnerReference",
  managedFields: "v1.ManagedFieldsEntry",
  uid: "types.UID",
};
const PLAIN = { string: "string", integer: "int64", number: "float64", boolean: "bool", array: "[]", object: "map[string]string" };

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The names of the types that an object of a built-in kind is decoded into. */
export function kindNames(kind: string, version: string): GoNames {
  const type = `${version}.${kind === "HistoricJob" ? "Job" : kind}`;
  const metadata = Object.entries(METADATA_NAMES).map(([path, name]) => [path === "" ? "metadata" : `metadata.${path}`, name]);
  const own = { "": `${version}.${kind}`, spec: `${type}Spec`, status: `${type}Status`, "spec.action": `${type}Action` };
  return { ...Object.fromEntries(metadata), ...own };
}

/** Undefined if all is well. Null is, for any type. */
export function decodeError(schema: Schema, value: unknown, names: GoNames): string | undefined {
  return complaint({ schema, value, names, path: "", struct: names[""] ?? "" });
}

interface Place {
  schema: Schema;
  value: unknown;
  names: GoNames;
  path: string;
  /** The type that holds the field. */
  struct: string;
}

function complaint(place: Place): string | undefined {
  const { schema, value, names, path } = place;
  if (value === null || value === undefined) return undefined;
  if (schema.format === "date-time" && typeof value === "string") return timeError(value);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (schema.type !== "array" || items === undefined) return mismatch(place, "array");
    return first(value, (element) => complaint({ ...place, schema: items, value: element }));
  }
  if (typeof value !== "object") {
    if (Number.isInteger(value) && schema.type === "integer") return undefined;
    if (typeof value === schema.type) return undefined;
    return mismatch(place, schema.type === "integer" && typeof value === "number" ? `number ${value}` : goType(value));
  }
  if (schema.type !== "object") return mismatch(place, "object");
  const struct = names[path] ?? place.struct;
  return first(Object.entries(value).sort(byName), ([name, field]) => {
    const known = fieldOf(schema, name);
    if (known === undefined) return undefined;
    // The values of a map are told by the map's own place.
    if (known === schema.additionalProperties) return complaint({ ...place, schema: known, value: field });
    return complaint({ schema: known, value: field, names, path: fieldPath(path, name), struct });
  });
}

function mismatch({ schema, names, path, struct }: Place, found: string): string {
  const target = path === "" ? "value" : `struct field ${struct.replace(/^.*\./, "")}.${path}`;
  return `json: cannot unmarshal ${found} into Go ${target} of type ${nameOf(schema, names[path])}`;
}

function nameOf(schema: Schema, given: string | undefined): string {
  if (schema.type === "array") return `[]${given ?? nameOf(schema.items ?? { type: "string" }, undefined)}`;
  return given ?? PLAIN[schema.type];
}

function timeError(text: string): string | undefined {
  if (RFC_3339.test(text) && !Number.isNaN(Date.parse(text))) return undefined;
  return `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`;
}

function first<Element>(elements: readonly Element[], complain: (element: Element) => string | undefined): string | undefined {
  for (const element of elements) {
    const said = complain(element);
    if (said !== undefined) return said;
  }
  return undefined;
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1;
}
