import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ChangeReader, Events } from "../../../src/devserver/state/events.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function setUp(ringEvents = 3) {
  const store = new Store(new ManualClock());
  store.create("jobs", { metadata: { name: "early", namespace: "a" } });
  const behaviour = { ringEvents };
  const events = new Events(store, behaviour);
  const add = (name: string) => store.create("jobs", { metadata: { name, namespace: "a" } }).version;
  const names = (version: number) => events.since(version).map(({ entry }) => entry.name);
  return { store, behaviour, events, add, names };
}

describe("Events", () => {
  test("keep the last ones, and tell which versions these do not reach", () => {
    const { store, events, add, names } = setUp();
    const start = store.version;
    assert.deepEqual([events.misses(start), events.misses(start - 1)], [false, true]);
    const [first = 0, second = 0] = ["v", "w", "x", "y"].map(add);
    assert.deepEqual(names(start), ["w", "x", "y"]);
    assert.deepEqual(names(second), ["x", "y"]);
    assert.deepEqual([events.misses(start), events.misses(first), events.oldest], [true, false, first]);
    assert.deepEqual(events.back(first).map(({ entry }) => entry.name), ["y", "x", "w"]);
  });

  test("keep as many as the behaviour says at the time", () => {
    const { behaviour, add, names } = setUp(5);
    for (let index = 0; index < 4_000; index++) add(`j${index}`);
    assert.deepEqual(names(0), ["j3995", "j3996", "j3997", "j3998", "j3999"]);
    behaviour.ringEvents = 2;
    add("last");
    assert.deepEqual(names(0), ["j3999", "last"]);
    behaviour.ringEvents = 0;
    const version = add("unkept");
    assert.deepEqual([names(0), add("more") > version], [[], true]);
  });

  test("hand a change to all readers with the same texts, to each change its own", () => {
    const { events, add } = setUp();
    const seen: Map<string, string>[] = [];
    const read: ChangeReader = (_, texts) => void seen.push(texts);
    const leave = [events.read((change, texts) => read(change, texts)), events.read((change, texts) => read(change, texts))];
    add("x");
    leave[0]?.();
    add("y");
    assert.equal(seen.length, 3);
    assert.equal(seen[0], seen[1]);
    assert.notEqual(seen[1], seen[2]);
  });

  test("lost ones reach no reader, now or later, but are known to have been", () => {
    const { store, events, add, names } = setUp();
    const start = store.version;
    const seen: string[] = [];
    events.read(({ entry }) => void seen.push(entry.name));
    const end = events.lose(({ entry }) => entry.name === "lost");
    for (const name of ["x", "lost"]) add(name);
    end();
    add("y");
    assert.deepEqual([seen, names(start)], [["x", "y"], ["x", "y"]]);
    assert.deepEqual(events.back(start).map(({ entry }) => entry.name), ["y", "lost", "x"]);
  });

  test("forget() leaves nothing to resume from", () => {
    const { store, events, add, names } = setUp();
    const start = store.version;
    const last = add("x");
    events.forget();
    assert.deepEqual([names(start), events.misses(start), events.misses(last)], [[], true, false]);
    add("y");
    assert.deepEqual(names(last), ["y"]);
  });
});
