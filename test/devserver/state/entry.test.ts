import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Entry } from "../../../src/devserver/state/entry.ts";
import type { Stored } from "../../../src/devserver/state/object.ts";

function stored(own: Partial<Stored> = {}, metadata: Partial<Stored["metadata"]> = {}): Stored {
  return { ...own, metadata: { name: "one", namespace: "a", uid: "u-1", resourceVersion: "7", ...metadata } };
}

describe("Entry", () => {
  test("keeps an object, but for its kind and apiVersion, with metadata first", () => {
    const object = stored({ spec: { a: [1, { b: "ü" }] }, status: {} }, { labels: { x: "y" }, extra: null });
    const entry = new Entry({ kind: "Job", apiVersion: "v", ...object }, 7);
    assert.deepEqual(entry.object, object);
    const { metadata, spec, status } = object;
    assert.equal(entry.text("K", "g/v"), JSON.stringify({ kind: "K", apiVersion: "g/v", metadata, spec, status }));
    assert.deepEqual([entry.key, entry.namespace, entry.name, entry.uid, entry.version], ["a/one", "a", "one", "u-1", 7]);
    assert.equal(entry.bytes, new TextEncoder().encode(entry.tail).length);
  });

  test("gives a copy each time", () => {
    const entry = new Entry(stored({ spec: {} }, { labels: { x: "y" } }), 1);
    entry.object.spec = { changed: true };
    (entry.labels as Record<string, string>)["x"] = "changed";
    assert.deepEqual([entry.object.spec, entry.labels], [{}, { x: "y" }]);
  });

  test("reads labels and uid whatever they hold and whatever else the object holds", () => {
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"labels":{}', '"uid":"x"', "\u0000", "\u0001\u001f", '","labels":', "\\"));
    const anything = fc.jsonValue() as fc.Arbitrary<unknown>;
    fc.assert(fc.property(fc.dictionary(texts, texts), texts, anything, fc.boolean(), (labels, uid, value, early) => {
      const metadata = early ? { annotations: { note: JSON.stringify({ labels, uid }) }, labels } : { labels, annotations: labels };
      const object = stored(early ? { spec: { labels: value, uid: value } } : {}, { uid, ...metadata });
      const entry = new Entry(early ? object : { status: { labels }, ...object }, 1);
      // As JSON has it: __proto__ is a key like any other.
      const plain = JSON.parse(JSON.stringify(object)) as Stored;
      assert.deepEqual(entry.labels, plain.metadata.labels);
      assert.equal(entry.uid, plain.metadata.uid);
      assert.deepEqual(entry.object, early ? plain : { ...plain, status: { labels: plain.metadata.labels } });
    }));
  });

  test("has no labels where there are none", () => {
    assert.deepEqual(new Entry(stored({ spec: { labels: { a: "b" } } }), 1).labels, {});
    assert.deepEqual(new Entry(stored({}, { labels: {} }), 1).labels, {});
  });

  test("is shown under the version of a later one", () => {
    const then = new Entry(stored({ spec: { a: 1 } }), 7);
    const later = new Entry(stored({ spec: { a: 2 } }, { resourceVersion: "9" }), 9);
    const shown = then.at(later);
    assert.deepEqual([shown.version, shown.object.metadata.resourceVersion, shown.object.spec], [9, "9", { a: 1 }]);
  });
});
