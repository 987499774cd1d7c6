import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { getAt, parsePath, setAt } from "../../../src/devserver/behaviour/faults/paths.ts";

describe("parsePath()", () => {
  for (const [text, path, rest] of [
    ["a.b.0", ["a", "b", "0"], ""],
    ["items.*.x=1", ["items", "*", "x"], "=1"],
    ['a["b.c/d"].e=', ["a", "b.c/d", "e"], "="],
    ['["a\\"b"]', ['a"b'], ""],
    ["=1", [], "=1"],
    ["", [], ""],
  ] as const) {
    test(`reads ${text === "" ? "nothing" : text}`, () => assert.deepEqual(parsePath(text), { path: [...path], rest }));
  }
});

describe("setAt()", () => {
  for (const [before, path, value, after] of [
    [{ a: 1 }, "a", 2, { a: 2 }],
    [{ a: { b: 1, c: 2 } }, "a.b", undefined, { a: { c: 2 } }],
    [{}, "a.b", 1, { a: { b: 1 } }],
    [{ items: [{ x: 1 }, { x: 2 }] }, "items.*.x", 3, { items: [{ x: 3 }, { x: 3 }] }],
    [{ items: [{ x: 1 }, { y: 2 }] }, "items.*.x", undefined, { items: [{}, { y: 2 }] }],
    [{ items: [1, 2, 3] }, "items.1", undefined, { items: [1, 3] }],
  ] as const) {
    test(`changes ${JSON.stringify(before)} at ${path}`, () => {
      const root = structuredClone(before) as unknown;
      assert.equal(setAt(root, parsePath(path).path, value), true);
      assert.deepEqual(root, after);
    });
  }

  for (const [before, path, value] of [
    [{ a: 1 }, "a", 1],
    [{ a: 1 }, "b", undefined],
    [{ a: 1 }, "b.c", undefined],
    [{ a: 1 }, "a.b", 2],
    [{}, "items.*.x", 1],
    [undefined, "a", 1],
  ] as const) {
    test(`leaves ${JSON.stringify(before)} at ${path}`, () => {
      const root = structuredClone(before) as unknown;
      assert.equal(setAt(root, parsePath(path).path, value), false);
      assert.deepEqual(root, before);
    });
  }
});

describe("getAt()", () => {
  test("gives what is there", () => {
    assert.equal(getAt({ a: [{ b: 1 }] }, ["a", "0", "b"]), 1);
    assert.equal(getAt({ a: 1 }, ["a", "b"]), undefined);
    assert.equal(getAt(undefined, ["a"]), undefined);
  });
});
