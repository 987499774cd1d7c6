import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seeded } from "../../../src/base/random.ts";
import { Entry } from "../../../src/devserver/state/entry.ts";
import { Table } from "../../../src/devserver/state/table.ts";

function entryOf(key: string, version = 1): Entry {
  const [namespace = "", name = ""] = key.split("/");
  return new Entry({ metadata: { name, namespace, uid: key, resourceVersion: String(version) } }, version);
}

describe("Table", () => {
  test("is a sorted map through thousands of random additions, replacements and removals", () => {
    const table = new Table();
    const model = new Map<string, number>();
    const random = seeded(11);
    for (let step = 0; step < 12_000; step++) {
      const key = `${["a", "b", "bb"][Math.floor(random() * 3)]}/n${Math.floor(random() * 3_000)}`;
      // It grows past many chunks, then shrinks to nothing.
      if (random() < (step < 8_000 ? 0.8 : 0)) {
        table.set(entryOf(key, step));
        model.set(key, step);
      } else {
        table.remove(key);
        model.delete(key);
      }
      if (step % 1_000 !== 0) continue;
      const keys = [...model.keys()].sort();
      assert.deepEqual([...table.from("", "")].map((entry) => entry.key), keys);
      for (const [prefix, start] of [["a/", ""], ["b/", "b/n2"], ["bb/", ""], ["c/", ""], ["", "b/n1\0"]] as const) {
        const expected = keys.filter((one) => one.startsWith(prefix) && one >= start);
        assert.deepEqual([...table.from(prefix, start)].map((entry) => entry.key), expected);
        assert.equal(table.count(prefix, start), expected.length);
      }
    }
    for (const key of [...model.keys()]) {
      assert.equal(table.get(key)?.version, model.get(key));
      table.remove(key);
    }
    assert.deepEqual([[...table.from("", "")], table.count("", "")], [[], 0]);
    table.set(entryOf("a/again"));
    assert.equal(table.count("a/", ""), 1);
  });

  test("leaves what is not there alone", () => {
    const table = new Table();
    table.set(entryOf("a/one"));
    table.remove("a/two");
    assert.deepEqual([...table.from("", "")].map(({ key }) => key), ["a/one"]);
    assert.equal(table.get("a/two"), undefined);
  });
});
