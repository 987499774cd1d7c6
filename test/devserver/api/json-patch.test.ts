import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jsonPatch, type Operation, PatchFailure } from "../../../src/devserver/api/json-patch.ts";

const DOCUMENT = { a: { b: 1, "x/y": 2, "m~n": 3, "": 4 }, list: [1, 2, 3], nothing: null };

function patched(...operations: Operation[]): unknown {
  return jsonPatch(DOCUMENT, operations);
}

describe("jsonPatch()", () => {
  const applied: [string, Operation[], unknown][] = [
    ["add sets a key", [{ op: "add", path: "/a/c", value: 5 }], { ...DOCUMENT, a: { ...DOCUMENT.a, c: 5 } }],
    ["add inserts before an index", [{ op: "add", path: "/list/1", value: 9 }], { ...DOCUMENT, list: [1, 9, 2, 3] }],
    ["add appends at the length and at -", [{ op: "add", path: "/list/3", value: 4 }, { op: "add", path: "/list/-", value: 5 }], { ...DOCUMENT, list: [1, 2, 3, 4, 5] }],
    ["add counts negative indices from the end", [{ op: "add", path: "/list/-1", value: 9 }], { ...DOCUMENT, list: [1, 2, 3, 9] }],
    ["add without value adds null", [{ op: "add", path: "/c" }], { ...DOCUMENT, c: null }],
    ["remove takes a key away", [{ op: "remove", path: "/a" }], { list: DOCUMENT.list, nothing: null }],
    ["remove takes an element away", [{ op: "remove", path: "/list/0" }], { ...DOCUMENT, list: [2, 3] }],
    ["replace sets, also what is not there", [{ op: "replace", path: "/a", value: 1 }, { op: "replace", path: "/c", value: 2 }], { ...DOCUMENT, a: 1, c: 2 }],
    ["replace takes the place of an element", [{ op: "replace", path: "/list/1", value: 9 }], { ...DOCUMENT, list: [1, 9, 3] }],
    ["replace of the whole document", [{ op: "replace", path: "", value: { z: 1 } }], { z: 1 }],
    ["move within a list", [{ op: "move", from: "/list/0", path: "/list/2" }], { ...DOCUMENT, list: [2, 3, 1] }],
    ["move to another key", [{ op: "move", from: "/list", path: "/a" }], { a: [1, 2, 3], nothing: null }],
    ["copy leaves what it copies", [{ op: "copy", from: "/list", path: "/a" }, { op: "remove", path: "/list/0" }], { ...DOCUMENT, a: [1, 2, 3], list: [2, 3] }],
    ["copy of what is not there is null", [{ op: "copy", from: "/none", path: "/a" }], { ...DOCUMENT, a: null }],
    ["test passes for equal values, whatever the order of keys", [{ op: "test", path: "/a", value: { "": 4, "m~n": 3, "x/y": 2, b: 1 } }], DOCUMENT],
    ["test of what is not there is a test for null", [{ op: "test", path: "/none", value: null }, { op: "test", path: "/none" }], DOCUMENT],
    ["~1 is a slash, ~0 a tilde, nothing the empty key", [
      { op: "remove", path: "/a/x~1y" },
      { op: "remove", path: "/a/m~0n" },
      { op: "remove", path: "/a/" },
    ], { ...DOCUMENT, a: { b: 1 } }],
    ["no operation changes nothing", [], DOCUMENT],
  ];
  for (const [fact, operations, expected] of applied) test(fact, () => assert.deepEqual(patched(...operations), expected));

  const refused: Operation[] = [
    { op: "add", path: "/none/x", value: 1 },
    { op: "add", path: "/a/b/c", value: 1 },
    { op: "add", path: "", value: {} },
    { op: "add", path: "/list/4", value: 1 },
    { op: "add", path: "/list/x", value: 1 },
    { op: "add", path: "/list/-5", value: 1 },
    { op: "remove", path: "/none" },
    { op: "remove", path: "" },
    { op: "remove", path: "/list/3" },
    { op: "remove", path: "/list/-" },
    { op: "remove" },
    { op: "replace", path: "/none/x", value: 1 },
    { op: "replace", path: "/list/3", value: 1 },
    { op: "move", from: "/none", path: "/c" },
    { op: "move", path: "/c" },
    { op: "copy", from: "/none/x", path: "/c" },
    { op: "test", path: "/a/b", value: 2 },
    { op: "test", path: "/a/b", value: "1" },
    { op: "test", path: "/none", value: 1 },
    { op: "test", path: "/list/3", value: null },
    { op: "nope", path: "/a" },
    { op: null, path: "/a" },
    { path: "/a" },
  ];
  for (const operation of refused) {
    test(`fails: ${JSON.stringify(operation)}`, () => assert.throws(() => patched(operation), PatchFailure));
  }

  test("fails for an operation that is null", () => assert.throws(() => jsonPatch({}, [null]), PatchFailure));

  test("changes neither the document nor the operations", () => {
    const document = { a: { b: [1] } };
    const value = { deep: [1] };
    const result = jsonPatch(document, [{ op: "add", path: "/c", value }, { op: "add", path: "/c/deep/-", value: 2 }, { op: "remove", path: "/a/b/0" }]);
    assert.deepEqual([document, value, result], [{ a: { b: [1] } }, { deep: [1] }, { a: { b: [] }, c: { deep: [1, 2] } }]);
  });

  test("a key may be __proto__", () => {
    const result = jsonPatch({}, [{ op: "add", path: "/__proto__", value: { polluted: true } }]);
    assert.equal(JSON.stringify(result), '{"__proto__":{"polluted":true}}');
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  describe("copies", () => {
    const text = { text: "x".repeat(1_000_000) };
    const copies = (count: number, from: string): Operation[] => Array.from({ length: count }, (_, index) => ({ op: "copy", from, path: `/${index}` }));

    test("add up to 3 MiB", () => assert.equal(Object.keys(jsonPatch(text, copies(3, "/text")) as object).length, 4));

    test("are refused beyond that", () => assert.throws(() => jsonPatch(text, copies(4, "/text")), PatchFailure));

    test("of copies do not fill the memory", () => {
      const doubled = copies(60, "/all").map((operation) => ({ ...operation, path: `/all${operation.path}` }));
      assert.throws(() => jsonPatch({ all: { a: 1 } }, doubled), PatchFailure);
    });
  });
});
