import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Schema } from "../../../src/devserver/api/schema-parts.ts";
import { SCHEMAS } from "../../../src/devserver/api/schema.ts";

describe("SCHEMAS", () => {
  test("describe every field that has a name", () => {
    for (const [kind, schema] of Object.entries(SCHEMAS)) assert.deepEqual(undescribed(schema, kind), []);
  });
});

function undescribed(schema: Schema, path: string): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => undescribed(field, `${path}.${key}`));
  // The elements of an array are described by the array.
  const elements = Object.entries(schema.items?.properties ?? {}).flatMap(([key, field]) => undescribed(field, `${path}[].${key}`));
  return [...((schema.description ?? "") === "" ? [path] : []), ...fields, ...elements];
}
