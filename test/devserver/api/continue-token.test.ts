// Tokens, and the real server's words for what is none.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { formatToken, inconsistentToken, parseToken } from "../../../src/devserver/api/continue-token.ts";

function encoded(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

function decoded(token: string): unknown {
  return JSON.parse(Buffer.from(token, "base64url").toString());
}

describe("formatToken()", () => {
  test("names the version and the key behind the last one, relative to the path", () => {
    assert.deepEqual(decoded(formatToken(235, "default/j2", undefined)), { v: "meta.k8s.io/v1", rv: 235, start: "/default/j2\0" });
    assert.deepEqual(decoded(formatToken(235, "default/j2", "default")), { v: "meta.k8s.io/v1", rv: 235, start: "/j2\0" });
  });

  test("is read back, in the namespace of the path that it comes with", () => {
    assert.deepEqual(parseToken(formatToken(235, "default/j2", undefined), undefined), { version: 235, start: "default/j2\0" });
    assert.deepEqual(parseToken(formatToken(235, "default/j2", "default"), "default"), { version: 235, start: "default/j2\0" });
    assert.deepEqual(parseToken(formatToken(235, "default/j2", "default"), "other"), { version: 235, start: "other/j2\0" });
  });
});

describe("inconsistentToken()", () => {
  test("goes on at the same key with no version of its own", () => {
    const place = parseToken(formatToken(235, "default/j2", "default"), "default");
    assert.deepEqual(parseToken(inconsistentToken(place, "default"), "default"), { version: -1, start: "default/j2\0" });
  });
});

describe("parseToken()", () => {
  const refusals: [token: string, why: string][] = [
    ["!!!", "illegal base64 data at input byte 0"],
    [`${encoded("{}")}=`, "illegal base64 data at input byte 3"],
    ["abc", "invalid character 'i' looking for beginning of value"],
    [encoded("hello"), "invalid character 'h' looking for beginning of value"],
    [encoded("nonsense"), "invalid character 'o' in literal null (expecting 'u')"],
    [encoded('{"v"'), "unexpected end of JSON input"],
    [encoded("[]"), "json: cannot unmarshal array into Go value of type storage.continueToken"],
    [encoded("null"), "server does not recognize this encoded version "],
    [encoded({ v: "meta.k8s.io/v1beta1", rv: 1, start: "/x" }), "server does not recognize this encoded version meta.k8s.io/v1beta1"],
    [encoded({ v: "meta.k8s.io/v1", rv: 0, start: "/x" }), "incorrect encoded start resourceVersion (version meta.k8s.io/v1)"],
    [encoded({ v: "meta.k8s.io/v1", rv: 1, start: "" }), "encoded start key empty (version meta.k8s.io/v1)"],
    [encoded({ v: "meta.k8s.io/v1", rv: 1, start: "/../x" }), "/../x"],
    [encoded({ v: "meta.k8s.io/v1", rv: 1, start: "/a//x" }), "/a//x"],
  ];
  for (const [token, why] of refusals) {
    test(`refuses ${token}`, () => {
      assert.throws(() => parseToken(token, undefined), { code: 400, message: `invalid continue token: continue key is not valid: ${why}` });
    });
  }
});
