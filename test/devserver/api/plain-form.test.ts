import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plainForm } from "../../../src/devserver/api/plain-form.ts";
import { RESOURCES } from "../../../src/devserver/resources.ts";
import { behaviourOf } from "../../../src/devserver/behaviour/eras.ts";

const JOB = { kind: "Job", apiVersion: "provisioning.grafana.app/v0alpha1" };

function formOf(kinds: "built-in" | "custom") {
  return plainForm(RESOURCES.jobs, "v0alpha1", { ...behaviourOf("2026-09"), kinds });
}

describe("plainForm()", () => {
  test("bookmarks of built-in kinds show empty fields, those of custom ones the version alone", () => {
    const metadata = { resourceVersion: "7", annotations: { a: "b" } };
    assert.deepEqual(JSON.parse(formOf("built-in").bookmark(metadata, true)), { ...JOB, metadata: { ...metadata, creationTimestamp: null }, spec: {}, status: {} });
    assert.deepEqual(JSON.parse(formOf("custom").bookmark(metadata, true)), { ...JOB, metadata });
  });

  test("lists of custom kinds always have a continue", () => {
    const metadataOf = (kinds: "built-in" | "custom", more: { continue?: string } = {}) =>
      (JSON.parse(formOf(kinds).list({ resourceVersion: "7", ...more }, [])) as { metadata: unknown }).metadata;
    assert.deepEqual(metadataOf("built-in"), { resourceVersion: "7" });
    assert.deepEqual(metadataOf("custom"), { continue: "", resourceVersion: "7" });
    assert.deepEqual(metadataOf("custom", { continue: "x" }), { continue: "x", resourceVersion: "7" });
  });
});
