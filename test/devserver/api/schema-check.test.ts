import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeError, kindNames, METADATA_NAMES } from "../../../src/devserver/api/go-types.ts";
import { breaches, pruned, unknownFields } from "../../../src/devserver/api/schema-check.ts";
import { METADATA } from "../../../src/devserver/api/schema-metadata.ts";
import { flag, integer, number, object, objects, open, text, textMap, texts } from "../../../src/devserver/api/schema-parts.ts";
import { SCHEMAS } from "../../../src/devserver/api/schema.ts";

const SCHEMA = object("", {
  name: text(""),
  count: integer(""),
  share: number(""),
  on: flag(""),
  paths: texts(""),
  parts: objects("", { name: text("") }),
  labels: textMap(""),
  free: open("", { known: text("") }),
}, ["name"]);

const said = (value: unknown) => breaches(SCHEMA, value, "spec").map(({ field, message }) => `${field}: ${message}`);
const wrong = (field: string, found: string, expected: string) => `${field}: Invalid value: "${found}": ${field} in body must be of type ${expected}: "${found}"`;

describe("breaches()", () => {
  test("finds none in what fits", () => {
    const value = { name: "x", count: 1, share: 1, on: true, paths: ["a"], parts: [{ name: "x" }], labels: { a: "b" }, free: { known: "x", other: 1 }, unknown: 1 };
    assert.deepEqual(said(value), []);
    assert.deepEqual(said({ name: "x", share: 1.5 }), []);
  });

  for (
    const [value, expected] of [
      [{ name: 1 }, [wrong("spec.name", "integer", "string")]],
      [{ name: 1.5 }, [wrong("spec.name", "number", "string")]],
      [{ name: {} }, [wrong("spec.name", "object", "string")]],
      [{ name: "x", on: "true" }, [wrong("spec.on", "string", "boolean")]],
      [{ name: "x", paths: {} }, [wrong("spec.paths", "object", "array")]],
      [{ name: "x", paths: ["a", 1, null] }, [wrong("spec.paths[1]", "integer", "string"), wrong("spec.paths[2]", "null", "string")]],
      [{ name: "x", parts: [{ name: [] }] }, [wrong("spec.parts[0].name", "array", "string")]],
      [{ name: "x", labels: { a: 1 } }, [wrong("spec.labels.a", "integer", "string")]],
      [{ name: "x", free: { known: 1, other: {} } }, [wrong("spec.free.known", "integer", "string")]],
      [{ count: 1 }, ["spec.name: Required value"]],
      ["text", [wrong("spec", "string", "object")]],
      [[], [wrong("spec", "array", "object")]],
    ] as const
  ) {
    test(`of ${JSON.stringify(value)}`, () => assert.deepEqual(said(value), expected));
  }

  test("a number that should be whole is told twice, as the API server does", () => {
    assert.deepEqual(said({ name: "x", count: 1.5 }), [
      wrong("spec.count", "float64", "int64"),
      '<nil>: Invalid value: "": Checked value must be of type integer with format int64 in spec.count',
    ]);
  });
});

describe("pruned()", () => {
  test("leaves out what the schema does not have, and nulls", () => {
    const value = { name: "x", other: 1, count: null, parts: [{ name: "a", other: 1 }], free: { known: null, other: { a: null } }, labels: { a: null, b: "c" } };
    assert.deepEqual(pruned(SCHEMA, value), { name: "x", parts: [{ name: "a" }], free: { other: { a: null } }, labels: { a: "", b: "c" } });
  });

  test("leaves what has another type as it is", () => {
    assert.deepEqual(pruned(SCHEMA, { parts: "x", free: [1], paths: [null] }), { parts: "x", free: [1], paths: [null] });
  });

  test("a key that all objects have is not in the schema for that", () => {
    assert.deepEqual(pruned(SCHEMA, JSON.parse('{"name":"x","toString":1,"__proto__":{"a":1}}')), { name: "x" });
  });
});

describe("decodeError()", () => {
  for (
    const [metadata, message] of [
      [{ labels: { a: 5 } }, "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"],
      [{ labels: ["x"] }, "json: cannot unmarshal array into Go struct field ObjectMeta.labels of type map[string]string"],
      [{ name: 5, labels: { a: true } }, "json: cannot unmarshal bool into Go struct field ObjectMeta.labels of type string"],
      [{ finalizers: "x" }, "json: cannot unmarshal string into Go struct field ObjectMeta.finalizers of type []string"],
      [{ generation: 1.5 }, "json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.generation of type int64"],
      [{ ownerReferences: ["x"] }, "json: cannot unmarshal string into Go struct field ObjectMeta.ownerReferences of type v1.OwnerReference"],
      [{ ownerReferences: [{ name: 5 }] }, "json: cannot unmarshal number into Go struct field OwnerReference.ownerReferences.name of type string"],
      [{ creationTimestamp: "yesterday" }, 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
      ["x", "json: cannot unmarshal string into Go value of type v1.ObjectMeta"],
      [{ name: "x", labels: null, annotations: { a: null }, creationTimestamp: "2026-01-01T00:00:00Z", unknown: 5 }, undefined],
      [null, undefined],
    ] as const
  ) {
    test(`of metadata ${JSON.stringify(metadata)}`, () => assert.equal(decodeError(METADATA, metadata, METADATA_NAMES), message));
  }

  for (
    const [job, message] of [
      [{ spec: { action: 5 } }, "json: cannot unmarshal number into Go struct field JobSpec.spec.action of type v0alpha1.JobAction"],
      [{ spec: "pull" }, "json: cannot unmarshal string into Go struct field Job.spec of type v0alpha1.JobSpec"],
      [{ status: { started: "now" } }, "json: cannot unmarshal string into Go struct field JobStatus.status.started of type int64"],
      [{ metadata: { labels: { a: 5 } } }, "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"],
    ] as const
  ) {
    test(`of a Job ${JSON.stringify(job)}`, () => assert.equal(decodeError(SCHEMAS.Job, job, kindNames("Job", "v0alpha1")), message));
  }
});

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
    assert.deepEqual(unknownFields(SCHEMAS.Job, job), found);
    assert.deepEqual(unknownFields(SCHEMAS.HistoricJob, job), found);
  });

  test("leaves what is open to its owner", () => {
    const spec = { type: "github", github: { url: "https://example.com" }, someday: 1, sync: { enabled: true, jitter: 2 } };
    assert.deepEqual(unknownFields(SCHEMAS.Repository, { metadata: { managedFields: [{ fieldsV1: { "f:spec": {} } }] }, spec }), []);
  });

  test("passes over values of another type", () => {
    assert.deepEqual(unknownFields(SCHEMAS.Job, { metadata: null, spec: [{ x: 1 }], status: "x" }), []);
    assert.deepEqual(unknownFields(SCHEMAS.Job, null), []);
  });
});
