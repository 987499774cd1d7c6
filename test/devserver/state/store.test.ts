import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Refusal } from "../../../src/devserver/wire/status.ts";
import type { Resourced } from "../../../src/devserver/state/object.ts";
import { type Change, Store } from "../../../src/devserver/state/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function job(name: string, more: Resourced = {}): Resourced {
  return { spec: { action: "pull" }, ...more, metadata: { name, namespace: "a", ...more.metadata } };
}

function refusal(run: () => unknown): { code: number; reason: string | undefined } {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return { code: error.code, reason: error.body.reason };
  }
  assert.fail("expected a refusal");
}

describe("Store", () => {
  test("numbers writes in microseconds, strictly rising within one and across kinds", () => {
    const clock = new ManualClock();
    const store = new Store(clock);
    const versions = [
      store.create("jobs", job("x")).version,
      store.create("historicjobs", job("x")).version,
      store.create("jobs", job("y")).version,
    ];
    const start = clock.now() * 1_000;
    assert.deepEqual(versions, [start + 1, start + 2, start + 3]);
    clock.jump(5);
    assert.equal(store.create("jobs", job("z")).version, start + 5_000);
    clock.jump(-60_000);
    assert.equal(store.create("jobs", job("last")).object.metadata.resourceVersion, String(start + 5_001));
    assert.equal(String(start).length, 16);
  });

  test("gives uid, generation and a creation time in whole seconds", () => {
    const clock = new ManualClock(Date.UTC(2026, 4, 1, 8, 30, 15, 999));
    const { metadata } = new Store(clock).create("jobs", job("x")).object;
    assert.match(metadata.uid, /^[0-9a-f-]{36}$/);
    assert.equal(metadata.generation, 1);
    assert.equal(metadata.creationTimestamp, "2026-05-01T08:30:15Z");
  });

  test("takes over a given uid and creation time, also null", () => {
    const store = new Store(new ManualClock());
    const { metadata } =
      store.create("jobs", job("x", { metadata: { uid: "u", creationTimestamp: "2020-01-01T00:00:00Z" } })).object;
    assert.deepEqual([metadata.uid, metadata.creationTimestamp], ["u", "2020-01-01T00:00:00Z"]);
    assert.equal(
      store.create("jobs", job("y", { metadata: { creationTimestamp: null } })).object.metadata.creationTimestamp,
      null,
    );
  });

  test("keeps unknown fields at every level", () => {
    const store = new Store(new ManualClock());
    store.create(
      "jobs",
      job("x", { later: { a: [1] }, spec: { action: "sing", song: { verse: 2 } }, metadata: { managedFields: [{}] } }),
    );
    const object = store.get("jobs", "a", "x")?.object;
    assert.deepEqual(object?.["later"], { a: [1] });
    assert.deepEqual(object?.spec, { action: "sing", song: { verse: 2 } });
    assert.deepEqual(object?.metadata["managedFields"], [{}]);
  });

  test("hands out copies: changing one changes nothing stored", () => {
    const store = new Store(new ManualClock());
    const entry = store.create("jobs", job("x"));
    entry.object.metadata.labels = { a: "b" };
    assert.equal(store.get("jobs", "a", "x")?.object.metadata.labels, undefined);
  });

  test("refuses a name that is taken", () => {
    const store = new Store(new ManualClock());
    store.create("jobs", job("x"));
    assert.deepEqual(refusal(() => store.create("jobs", job("x"))), { code: 409, reason: "AlreadyExists" });
    store.create("jobs", job("x", { metadata: { namespace: "b" } }));
  });

  test("update compares the resourceVersion and the uid that are given", () => {
    const store = new Store(new ManualClock());
    const first = store.create("jobs", job("x")).object;
    const second = store.update("jobs", { ...first, status: { state: "working" } }).object;
    assert.ok(Number(second.metadata.resourceVersion) > Number(first.metadata.resourceVersion));
    assert.deepEqual(refusal(() => store.update("jobs", first)), { code: 409, reason: "Conflict" });
    const stranger = { ...second, metadata: { ...second.metadata, uid: "other" } };
    assert.deepEqual(refusal(() => store.update("jobs", stranger)), { code: 409, reason: "Conflict" });
    assert.deepEqual(store.get("jobs", "a", "x")?.object.status, { state: "working" });
  });

  test("update without a resourceVersion overwrites, and creates what is missing; with one it does not create", () => {
    const store = new Store(new ManualClock());
    const { uid } = store.update("jobs", job("x"));
    assert.equal(store.update("jobs", job("x", { status: { state: "error" } })).uid, uid);
    assert.deepEqual(refusal(() => store.update("jobs", job("y", { metadata: { resourceVersion: "1" } }))), {
      code: 409,
      reason: "Conflict",
    });
  });

  test("update moves the generation with the spec alone, and never the creation time", () => {
    const store = new Store(new ManualClock());
    const { metadata } = store.create("jobs", job("x")).object;
    assert.equal(store.update("jobs", job("x", { status: { state: "working" } })).object.metadata.generation, 1);
    const changed =
      store.update("jobs", job("x", { spec: { action: "push" }, metadata: { creationTimestamp: "1999-01-01T00:00:00Z" } }))
        .object;
    assert.equal(changed.metadata.generation, 2);
    assert.equal(changed.metadata.creationTimestamp, metadata.creationTimestamp);
  });

  test("delete honours uid and resourceVersion preconditions", () => {
    const store = new Store(new ManualClock());
    const { uid, version } = store.create("jobs", job("x"));
    assert.equal(refusal(() => store.delete("jobs", "a", "x", { uid: "other" })).code, 409);
    assert.equal(refusal(() => store.delete("jobs", "a", "x", { uid, resourceVersion: "1" })).code, 409);
    const gone = store.delete("jobs", "a", "x", { uid, resourceVersion: String(version) });
    assert.ok(gone.version > version);
    assert.deepEqual(refusal(() => store.delete("jobs", "a", "x")), { code: 404, reason: "NotFound" });
  });

  test("an object with finalizers is marked by a delete and goes with its last one", () => {
    const store = new Store(new ManualClock());
    store.create("repositories", job("r", { metadata: { finalizers: ["cleanup"] } }));
    const changes: string[] = [];
    store.onChange(({ type }) => changes.push(type));
    store.delete("repositories", "a", "r");
    store.delete("repositories", "a", "r");
    const marked = store.get("repositories", "a", "r")?.object;
    assert.match(marked?.metadata.deletionTimestamp ?? "", /Z$/);
    store.update("repositories", { ...marked, metadata: { ...marked?.metadata, finalizers: [] } });
    assert.equal(store.get("repositories", "a", "r"), undefined);
    assert.deepEqual(changes, ["MODIFIED", "DELETED"]);
  });

  test("tells every change in order, a deletion with the last state and its own version", () => {
    const store = new Store(new ManualClock());
    const changes: Change[] = [];
    const stop = store.onChange((change) => changes.push(change));
    store.create("jobs", job("x", { status: { state: "pending" } }));
    store.update("jobs", job("x", { status: { state: "working" } }));
    store.delete("jobs", "a", "x");
    stop();
    store.create("jobs", job("x"));
    assert.deepEqual(changes.map(({ type }) => type), ["ADDED", "MODIFIED", "DELETED"]);
    assert.deepEqual(changes[2]?.entry.object.status, { state: "working" });
    assert.equal(changes[2]?.entry.object.metadata.resourceVersion, String(changes[2]?.version));
    assert.equal(changes[2]?.previous, changes[1]?.entry);
  });

  test("entries come in the order of their keys, of one namespace or all, from a key that may be gone, and are counted alike", () => {
    const store = new Store(new ManualClock());
    for (const key of ["b/2", "a/9", "a-b/1", "b/1", "a/10", "ab/1"]) {
      const [namespace, name] = key.split("/");
      store.create("jobs", { metadata: { name, namespace } });
    }
    const keys = (namespace?: string, start?: string) => [...store.entries("jobs", namespace, start)].map(({ key }) => key);
    assert.deepEqual(keys(), ["a-b/1", "a/10", "a/9", "ab/1", "b/1", "b/2"]);
    assert.deepEqual(keys("a"), ["a/10", "a/9"]);
    assert.deepEqual(keys("a", "a/10\0"), ["a/9"]);
    assert.deepEqual(keys("b", "b/11"), ["b/2"]);
    assert.deepEqual(keys("b", "b/2"), ["b/2"]);
    assert.deepEqual(keys("b", "b/2\0"), []);
    assert.deepEqual([store.count("jobs"), store.count("jobs", "a"), store.count("jobs", undefined, "a/9"), store.count("jobs", "b", "b/1\0")], [6, 2, 4, 1]);
    store.delete("jobs", "a", "9");
    assert.deepEqual(keys(undefined, "a/9"), ["ab/1", "b/1", "b/2"]);
    assert.equal(store.count("jobs"), 5);
  });
});
