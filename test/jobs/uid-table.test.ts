import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { UidTable } from "../../src/jobs/uid-table.ts";

describe("UidTable", () => {
  test("knows what was added, once", () => {
    const table = new UidTable();
    assert.equal(table.has("a"), false);
    assert.equal(table.add("a"), true);
    assert.equal(table.add("a"), false);
    assert.equal(table.has("a"), true);
    assert.equal(table.has("b"), false);
    assert.equal(table.size, 1);
  });

  test("keeps the departed known until they are forgotten", () => {
    const table = new UidTable();
    table.add("a");
    table.depart("a", 100.9);
    assert.equal(table.add("a"), false, "back again, and live");
    table.depart("a", 100.9);
    table.forget(99.9);
    assert.equal(table.has("a"), true);
    table.forget(100);
    assert.equal(table.has("a"), false);
    assert.equal(table.size, 0);
  });

  test("never forgets the live", () => {
    const table = new UidTable();
    table.add("a");
    table.depart("b", 0);
    table.forget(4_000_000_000);
    assert.deepEqual([table.has("a"), table.has("b"), table.size], [true, false, 1]);
  });

  test("takes an unknown one as departed, and the second 0 for one", () => {
    const table = new UidTable();
    table.depart("a", 0);
    assert.equal(table.has("a"), true);
    table.forget(0);
    assert.equal(table.has("a"), false);
  });

  test("counts who departed unsettled, each once, and forgets that of nobody", () => {
    const table = new UidTable();
    for (const uid of ["live", "settled while live", "settled later", "first", "second"]) table.add(uid);
    table.settle("settled while live");
    table.settle("unknown");
    for (const uid of ["settled while live", "settled later", "first"]) table.depart(uid, 10);
    table.depart("second", 20);
    table.settle("settled later");
    assert.equal(table.has("unknown"), false);
    assert.deepEqual([table.unsettled(9), table.unsettled(10), table.unsettled(10), table.unsettled(30), table.unsettled(30)], [0, 1, 0, 1, 0]);
    assert.equal(table.size, 5);
    for (let nth = 0; nth < 2_000; nth++) table.add(`more ${nth}`);
    assert.equal(table.unsettled(30), 0, "the table has moved");
    table.forget(30);
    assert.equal(table.size, 2_001);
    assert.equal(table.has("live"), true);
  });

  test("behaves like a Map, whatever is done in whatever order", { timeout: 60_000 }, () => {
    const uid = fc.integer({ min: 0, max: 3_000 }).map((nth) => `uid-${nth}`);
    const act = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant("add" as const), uid }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("depart" as const), uid, second: fc.integer({ min: 0, max: 1_000 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const), second: fc.integer({ min: 0, max: 1_000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 3_000, size: "max" }), (acts) => {
        const table = new UidTable();
        const model = new Map<string, number | "live">();
        for (const each of acts) {
          switch (each.kind) {
            case "add":
              assert.equal(table.add(each.uid), !model.has(each.uid));
              model.set(each.uid, "live");
              break;
            case "depart":
              table.depart(each.uid, each.second);
              model.set(each.uid, each.second);
              break;
            case "forget":
              table.forget(each.second);
              for (const [known, when] of model) if (when !== "live" && when <= each.second) model.delete(known);
          }
          assert.equal(table.size, model.size);
        }
        for (let nth = 0; nth <= 3_000; nth++) assert.equal(table.has(`uid-${nth}`), model.has(`uid-${nth}`));
      }),
      { seed: 20260301, numRuns: 60 },
    );
  });

  test("keeps two million random uids apart", { timeout: 60_000 }, () => {
    const table = new UidTable();
    let fresh = 0;
    for (let round = 0; round < 20; round++) {
      const bytes = randomBytes(16 * 100_000);
      for (let at = 0; at < bytes.length; at += 16) {
        const hex = bytes.toString("hex", at, at + 16);
        if (table.add(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`)) fresh++;
      }
    }
    assert.equal(fresh, 2_000_000);
  });

  test("keeps uids apart that differ in one character or in the order of two, and counted names", () => {
    const table = new UidTable();
    const base = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    const uids = new Set<string>();
    for (let at = 0; at < base.length; at++) {
      for (const other of "0123456789abcdef-ABCDEF") uids.add(base.slice(0, at) + other + base.slice(at + 1));
      for (let to = at + 1; to < base.length; to++) uids.add(base.slice(0, at) + base[to] + base.slice(at + 1, to) + base[at] + base.slice(to + 1));
    }
    for (const uid of uids) assert.equal(table.add(uid), true, uid);
    for (let nth = 0; nth < 200_000; nth++) assert.equal(table.add(`job-${nth}`), true);
  });

  test("holds what departed lately, and no more, however many come and go", () => {
    const table = new UidTable();
    for (let second = 0; second < 20; second++) {
      for (let nth = 0; nth < 20_000; nth++) {
        table.add(`${second}-${nth}`);
        table.depart(`${second}-${nth}`, second);
      }
      table.forget(second - 1);
      assert.equal(table.size, 20_000);
    }
    table.forget(20);
    assert.equal(table.size, 0);
  });
});
