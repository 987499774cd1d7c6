import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Entry, EntryTable, placeOf } from "../../src/kube/entry-table.ts";

const UID = "b9c6c6e1-2503-42c5-99a5-b2a08ba8fd03";

function entry(facts: Partial<Entry> = {}): Entry {
  return { uid: UID, version: "227", told: false, listed: 0, touched: 0, missed: 0, ...facts };
}

const ODD: [what: string, facts: Partial<Entry>][] = [
  ["a uid of another form", { uid: "job-1" }],
  ["a uid in capitals", { uid: UID.toUpperCase() }],
  ["a uid without hyphens", { uid: UID.replaceAll("-", "") }],
  ["a uid that begins with zeros", { uid: "00000000-0000-0000-0000-00000000000a" }],
  ["no version", { version: "" }],
  ["version 0", { version: "0" }],
  ["a version with a zero ahead", { version: "0227" }],
  ["a version of nine digits", { version: "999999999" }],
  ["a version of ten digits", { version: "1000000000" }],
  ["a version of 19 digits", { version: "1987654321098765432" }],
  ["the largest version that fits", { version: "3999999999999999999" }],
  ["the smallest that does not", { version: "4000000000000000000" }],
  ["a version of 30 digits", { version: "123456789012345678901234567890" }],
  ["a version that is no number", { version: "v7" }],
  ["every mark", { told: true, listed: 70_000, touched: 69_999, missed: 3 }],
];

describe("EntryTable", () => {
  for (const [what, facts] of ODD) {
    test(`gives back ${what}`, () => {
      const table = new EntryTable();
      table.put(1, entry(facts));
      assert.deepEqual(table.get(1), entry(facts));
    });
  }

  test("holds one entry a place, however the entry's form changes", () => {
    const table = new EntryTable();
    for (const version of ["1", "odd", "2", "odder"]) {
      table.put(7, entry({ version }));
      assert.deepEqual([table.size, table.get(7)?.version], [1, version]);
    }
    assert.deepEqual([table.delete(7), table.delete(7), table.size, table.get(7)], [true, false, 0, undefined]);
  });

  test("lets every entry that it yields be put anew, once", () => {
    const table = new EntryTable();
    for (let nth = 0; nth < 10; nth++) table.put(nth, entry({ version: nth % 2 === 0 ? String(nth + 1) : "odd" }));
    const seen: number[] = [];
    for (const [place, each] of table.unseen(5)) {
      seen.push(place);
      table.put(place, { ...each, missed: each.missed + 1 });
    }
    assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: 10 }, (_, nth) => nth));
    assert.deepEqual([...table.unseen(5)].map(([, { missed }]) => missed), Array(10).fill(1));
  });

  test("does as a Map would, whatever is put and deleted", () => {
    // Few places that fall on few rows, so that entries stand in each other's way, and move up when one goes.
    const place = fc.tuple(fc.nat(40), fc.nat(3)).map(([low, high]) => high * 2 ** 32 + low);
    const version = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1 }).map(String) }, fc.constant("odd"));
    const marks = { told: fc.boolean(), listed: fc.nat(3), touched: fc.nat(3), missed: fc.nat(3) };
    const stored = fc.record({ uid: fc.uuid(), version, ...marks }, { noNullPrototype: true });
    const steps = fc.array(fc.tuple(place, fc.option(stored, { nil: undefined })), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (all) => {
        const table = new EntryTable();
        const map = new Map<number, Entry>();
        for (const [at, put] of all) {
          if (put === undefined) assert.equal(table.delete(at), map.delete(at));
          else {
            table.put(at, put);
            map.set(at, put);
          }
          assert.equal(table.size, map.size);
        }
        for (const [at] of all) assert.deepEqual(table.get(at), map.get(at));
        const missing = [...map].filter(([, { listed, touched }]) => listed !== 2 && touched !== 2);
        assert.deepEqual(new Map(table.unseen(2)), new Map(missing));
      }),
    );
  });

  test("grows past its first size and finds everything", () => {
    const table = new EntryTable();
    const keys = Array.from({ length: 5_000 }, (_, nth) => `default/job-${nth}`);
    for (const [nth, key] of keys.entries()) table.put(placeOf(key), entry({ version: String(nth + 1) }));
    assert.equal(table.size, 5_000);
    for (const [nth, key] of keys.entries()) assert.equal(table.get(placeOf(key))?.version, String(nth + 1));
    for (const key of keys.slice(0, 4_990)) assert.ok(table.delete(placeOf(key)));
    assert.deepEqual(keys.filter((key) => table.get(placeOf(key)) !== undefined), keys.slice(4_990));
  });
});
