import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { decodeObject, type Shape } from "../../../src/devserver/wire/protobuf.ts";

/** As kubectl 1.37.2 sent it for `auth can-i delete jobs/x -n team`. */
const REVIEW =
  "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSVQoQCgASABoAIgAqADIAOABCABI3CjUKBHRlYW0SBmRl" +
  "bGV0ZRoYcHJvdmlzaW9uaW5nLmdyYWZhbmEuYXBwIgAqBGpvYnMyADoBeBoICAASABoAIAAaACIA";
const BYTES = new Uint8Array(Buffer.from(REVIEW, "base64"));
const SHAPE: Shape = {
  2: ["spec", { 1: ["resourceAttributes", { 1: "namespace", 2: "verb", 3: "group", 4: "version", 5: "resource", 7: "name" }] }],
};

describe("decodeObject()", () => {
  test("gives type and fields by name, without empty texts and what has no name", () => {
    assert.deepEqual(decodeObject(BYTES, SHAPE), {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: { namespace: "team", verb: "delete", group: "provisioning.grafana.app", resource: "jobs", name: "x" },
      },
    });
    assert.deepEqual(decodeObject(BYTES, {}), { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" });
  });

  test("passes over numbers of any width", () => {
    // Fields 1 (varint of ten bytes), 2 (64 bits), 3 (32 bits), then 4, a text.
    const raw = [
      0x08,
      ...Array(9).fill(0xff),
      0x01,
      0x11,
      ...Array(8).fill(1),
      0x1d,
      1,
      1,
      1,
      1,
      0x22,
      2,
      0x6f,
      0x6b,
    ] as number[];
    const bytes = new Uint8Array([0x6b, 0x38, 0x73, 0, 0x12, raw.length, ...raw]);
    assert.deepEqual(decodeObject(bytes, { 4: "text" }), { text: "ok" });
  });

  test("refuses what has no magic, is cut off, or uses groups", () => {
    assert.equal(decodeObject(BYTES.subarray(1), SHAPE), undefined);
    assert.equal(decodeObject(new Uint8Array(), SHAPE), undefined);
    for (const length of [5, 40, 100]) assert.equal(decodeObject(BYTES.subarray(0, length), SHAPE), undefined, String(length));
    assert.equal(decodeObject(new Uint8Array([0x6b, 0x38, 0x73, 0, 0x13, 0x14]), SHAPE), undefined);
  });
});
