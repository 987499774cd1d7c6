import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { readList } from "../../src/kube/list-reader.ts";

/** What comes of this text in pieces of so many bytes: the frame, and the items of each run. */
async function read(text: string, size = text.length) {
  const bytes = new TextEncoder().encode(text);
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  const runs: unknown[][] = [];
  const list = await readList(pieces(), (items) => void runs.push(items));
  return { ...list, items: runs.flat() };
}

const ROWS: [what: string, text: string, frame: string, items: unknown[]][] = [
  ["items ahead of the metadata", '{"items":[{"a":1},{"b":2}],"kind":"JobList"}', '{"items":[0],"kind":"JobList"}', [{ a: 1 }, { b: 2 }]],
  ["no items", '{"items":[],"kind":"JobList"}', '{"items":[],"kind":"JobList"}', []],
  ["an indented list", '{\n  "items" : [\n {"a": 1}\n ]\n}\n', '{\n  "items" : [0]\n}\n', [{ a: 1 }]],
  ["brackets, commas and quotes within items", '{"items":[{"a":"],[\\"}{,\\\\"},{"b":[[1,2],[]]}]}', '{"items":[0]}', [{ a: '],["}{,\\' }, { b: [[1, 2], []] }]],
  ["items that are no objects", '{"items":[1,"b",null]}', '{"items":[0]}', [1, "b", null]],
  ["items of something inside", '{"metadata":{"items":[1]},"items":null}', '{"metadata":{"items":[1]},"items":null}', []],
  ["a list of another name", '{"rows":[{"items":[1]}]}', '{"rows":[{"items":[1]}]}', []],
  ["items that are text", '{"items":"[1]","a":[1]}', '{"items":"[1]","a":[1]}', []],
  ["an item that is damaged", '{"items":[{"a":1},{b}]}', '{"items":[0]}{"a":1},{b}', []],
  ["what is no list", "<html>[{,</html>", "<html>[{,</html>", []],
  ["an array", '[{"items":[1]}]', '[{"items":[1]}]', []],
  ["nothing", "", "", []],
];

describe("readList()", () => {
  for (const [what, text, frame, items] of ROWS) {
    test(`parts ${what}`, async () => {
      assert.deepEqual(await read(text), { frame, items, bytes: text.length });
    });
  }

  for (const text of ['{"items":[{"a":1},]}', '{"items":[,{"a":1}]}', '{"items":[{"a":1}{"b":2}]}', '{"items":[{"a":1]}', '{"items":[{"a":1}', '{"items":[{"a":1}]']) {
    test(`leaves no JSON of ${text}`, async () => {
      for (let size = 1; size <= text.length; size++) {
        const { frame } = await read(text, size);
        assert.throws(() => JSON.parse(frame), SyntaxError, `in pieces of ${size} bytes: ${frame}`);
      }
    });
  }

  test("finds the same items whatever the pieces, and a frame that is JSON without them", async () => {
    const list = fc.record({ items: fc.array(fc.jsonValue()), kind: fc.string(), metadata: fc.dictionary(fc.string(), fc.jsonValue()) });
    await fc.assert(
      fc.asyncProperty(list, fc.nat(3), fc.integer({ min: 1, max: 64 }), async (value, indent, size) => {
        const text = JSON.stringify(value, undefined, indent);
        const { frame, items, bytes } = await read(text, size);
        assert.deepEqual(items, (JSON.parse(text) as { items: unknown[] }).items);
        assert.equal(bytes, new TextEncoder().encode(text).length);
        const { items: zeros, ...rest } = JSON.parse(frame) as { items: unknown[] };
        const { items: _items, ...expected } = JSON.parse(text) as { items: unknown[] };
        assert.deepEqual(rest, expected);
        assert.ok(zeros.every((zero) => zero === 0));
      }),
    );
  });

  test("waits for whoever takes the items before it reads on", async () => {
    const steps: string[] = [];
    async function* pieces() {
      for (const piece of ['{"items":[1,', "2,", "3]}"]) {
        steps.push(`read ${piece}`);
        yield new TextEncoder().encode(piece);
      }
    }
    await readList(pieces(), async (items, size) => {
      await Promise.resolve();
      steps.push(`took ${items} of ${size}`);
    });
    assert.deepEqual(steps, ['read {"items":[1,', "took 1 of 1", "read 2,", "took 2 of 1", "read 3]}", "took 3 of 1"]);
  });
});
