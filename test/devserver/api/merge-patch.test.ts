import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mergePatch } from "../../../src/devserver/api/merge-patch.ts";

describe("mergePatch()", () => {
  // The examples of RFC 7386, appendix A.
  for (
    const [target, patch, result] of [
      [{ a: "b" }, { a: "c" }, { a: "c" }],
      [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
      [{ a: "b" }, { a: null }, {}],
      [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
      [{ a: ["b"] }, { a: "c" }, { a: "c" }],
      [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
      [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
      [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
      [["a", "b"], ["c", "d"], ["c", "d"]],
      [{ a: "b" }, ["c"], ["c"]],
      [{ a: "foo" }, null, null],
      [{ a: "foo" }, "bar", "bar"],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: "b", c: null }, { a: "b" }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ] as const
  ) {
    test(`${JSON.stringify(target)} with ${JSON.stringify(patch)}`, () => assert.deepEqual(mergePatch(target, patch), result));
  }

  test("does not change its arguments", () => {
    const target = { a: { b: 1 } };
    mergePatch(target, { a: { b: null, c: 2 } });
    assert.deepEqual(target, { a: { b: 1 } });
  });

  test("a key may be __proto__", () => {
    const patch = JSON.parse('{"__proto__":{"polluted":true}}') as unknown;
    assert.equal(JSON.stringify(mergePatch({}, patch)), '{"__proto__":{"polluted":true}}');
  });
});
