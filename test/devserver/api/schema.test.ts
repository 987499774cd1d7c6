import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Schema } from "../../../src/devserver/api/schema-parts.ts";
import { SCHEMAS, unknownFields } from "../../../src/devserver/api/schema.ts";

describe("unknownFields()", () => {
  test("names what the kind does not have, by path and in order", () => {
    const job = {
      apiVersion: "provisioning.grafana.app/v0alpha1",
      kind: "Job",
      metadata: { name: "a", labels: { any: "thing" }, color: "red" },
      spec: { action: "push", push: { resources: [{ name: "x" }, { name: "y", size: 3 }] }, extra: { deep: 1 } },
      status: { state: "working", progress: 12.5, url: { other: "" } },
      more: true,
    };
    const found = ["metadata.color", "more", "spec.extra", "spec.push.resources[1].size", "status.url.other"];
    assert.deepEqual(unknownFields("Job", job), found);
    assert.deepEqual(unknownFields("HistoricJob", job), found);
  });

  test("leaves what is open to its owner", () => {
    const spec = { type: "github", github: { url: "https://example.com" }, someday: 1, sync: { enabled: true, jitter: 2 } };
    assert.deepEqual(unknownFields("Repository", { metadata: { managedFields: [{ fieldsV1: { "f:spec": {} } }] }, spec }), []);
  });

  test("passes over values of another type", () => {
    assert.deepEqual(unknownFields("Job", { metadata: null, spec: [{ x: 1 }], status: "x" }), []);
    assert.deepEqual(unknownFields("Job", null), []);
    assert.deepEqual(unknownFields("Unheard", { a: 1 }), []);
  });
});

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
