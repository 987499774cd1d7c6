// Collections as they were, against copies that were taken then.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seeded, wholeBetween } from "../../../src/base/random.ts";
import { Events } from "../../../src/devserver/state/events.ts";
import { before, present, type View } from "../../../src/devserver/state/snapshot.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function textsOf(view: View, namespace?: string, start?: string): string[] {
  return [...view.entries(namespace, start)].map((entry) => `${entry.key} ${entry.version}`);
}

describe("before()", () => {
  test("shows every version as it was, in order, of one namespace or all, from any key on, and counts it", () => {
    const random = seeded(7);
    const store = new Store(new ManualClock());
    const events = new Events(store, { ringEvents: 1_000 });
    const copies: { version: number; texts: string[] }[] = [];
    for (let write = 0; write < 300; write++) {
      const [namespace, name] = [`n${wholeBetween(random, 1, 3)}`, `j${wholeBetween(random, 1, 12)}`];
      if (store.get("jobs", namespace, name) !== undefined && random() < 0.5) store.delete("jobs", namespace, name);
      else store.update("jobs", { metadata: { namespace, name }, spec: { write } });
      if (random() < 0.3) store.create("historicjobs", { metadata: { namespace, name: `h${write}` } });
      copies.push({ version: store.version, texts: textsOf(present(store, "jobs")) });
    }
    for (const { version, texts } of copies) {
      const then = before(store, "jobs", events.back(version));
      assert.deepEqual(textsOf(then), texts);
      for (const namespace of ["n1", "n3", undefined]) {
        for (const start of ["", "n1/j2", "n2/", "n3/j9\0"]) {
          const wanted = texts.filter((text) => (namespace === undefined || text.startsWith(`${namespace}/`)) && (text.split(" ")[0] ?? "") >= start);
          assert.deepEqual(textsOf(then, namespace, start), wanted);
          assert.equal(then.count(namespace, start), wanted.length);
        }
      }
    }
    assert.ok(new Set(copies.map(({ texts }) => texts.length)).size > 5);
  });
});
