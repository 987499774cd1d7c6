import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { RowNotes } from "../../../src/devserver/behaviour/row-notes.ts";

describe("RowNotes", () => {
  test("keeps apart what calls read at the same time, across awaits", async () => {
    const notes = new RowNotes();
    const behaviour = notes.observe(behaviourOf("2025-08"));
    const [lists, watches] = [new Set<string>(), new Set<string>()];
    assert.equal(behaviour.pageSize, 50);
    await Promise.all([
      notes.during(lists, async () => {
        await Promise.resolve();
        assert.equal(behaviour.pageSize, 50);
        await Promise.resolve();
        assert.equal(behaviour.selectors, "after-cut");
      }),
      notes.during(watches, async () => {
        await Promise.resolve();
        assert.equal(behaviour.gaps, "silent");
      }),
    ]);
    assert.deepEqual([[...lists], [...watches]], [["page-size", "selectors"], ["gaps"]]);
  });

  test("shows values as they are at the time of the read", () => {
    const values = behaviourOf("2025-08");
    const observed = new RowNotes().observe(values);
    values.pageSize = 3;
    assert.equal(observed.pageSize, 3);
  });
});
