import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Stream } from "../../../src/devserver/wire/call.ts";
import { Events } from "../../../src/devserver/state/events.ts";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { type Form, plainForm } from "../../../src/devserver/api/plain-form.ts";
import { type ResourceName, RESOURCES } from "../../../src/devserver/resources.ts";
import { Refusal } from "../../../src/devserver/wire/status.ts";
import type { Entry } from "../../../src/devserver/state/entry.ts";
import type { Resourced } from "../../../src/devserver/state/object.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import { startWatch, type WatchContext } from "../../../src/devserver/api/watch.ts";
import type { Watch } from "../../../src/devserver/api/watch-lines.ts";
import type { EventLine } from "../../support/devserver.ts";
import { ManualClock, settle } from "../../support/manual-clock.ts";

/** A reader that takes `room` writes, then lags until told to go on. */
class FakeStream implements Stream {
  text = "";
  ended: "end" | "destroy" | undefined;
  room = Number.POSITIVE_INFINITY;
  #drain = () => {};
  #gone = () => {};

  write(text: string): boolean {
    this.text += text;
    return --this.room > 0;
  }
  end(): void {
    this.ended ??= "end";
    if (this.room > 0) this.#gone();
  }
  destroy(): void {
    this.ended = "destroy";
    this.#gone();
  }
  onDrain(listener: () => void): void {
    this.#drain = listener;
  }
  onGone(listener: () => void): void {
    this.#gone = listener;
  }
  drain(): void {
    this.room = Number.POSITIVE_INFINITY;
    this.#drain();
  }
  leave(): void {
    this.#gone();
  }

  get events(): EventLine[] {
    return this.text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as EventLine);
  }
  /** `TYPE name` of each event. */
  get seen(): string[] {
    return this.events.map(({ type, object }) => `${type} ${object.metadata.name ?? object.metadata.resourceVersion}`);
  }
}

interface Setup extends WatchContext {
  clock: ManualClock;
  watch(query?: Record<string, string>, where?: { resource?: ResourceName; namespace?: string; form?: Form; room?: number }): FakeStream;
  put(name: string, more?: Resourced): number;
}

function setUp(behaviour: Partial<Behaviour> = {}): Setup {
  const clock = new ManualClock();
  const store = new Store(clock);
  const merged = { ...behaviourOf("2026-09"), ...behaviour };
  const context = {
    store,
    clock,
    random: () => 0,
    behaviour: merged,
    events: new Events(store, merged),
    open: new Set<Watch>(),
  };
  return {
    ...context,
    watch(query = {}, { resource = "jobs", namespace, form = plainForm(RESOURCES[resource], "v0alpha1", merged), room = Number.POSITIVE_INFINITY } = {}) {
      const stream = new FakeStream();
      stream.room = room;
      startWatch(
        context,
        {
          resource: RESOURCES[resource],
          namespace,
          query: new URLSearchParams(query),
          form,
        },
        () => stream,
      );
      return stream;
    },
    put: (name, more = {}) => store.update("jobs", { ...more, metadata: { namespace: "a", ...more.metadata, name } }).version,
  };
}

describe("startWatch()", () => {
  test("without a version it begins now, and tells changes of its kind in order", () => {
    const { watch, put, store } = setUp();
    put("before");
    const stream = watch();
    put("x");
    put("x", { status: { state: "working" } });
    store.create("historicjobs", { metadata: { name: "h", namespace: "a" } });
    store.delete("jobs", "a", "x");
    assert.deepEqual(stream.seen, ["ADDED x", "MODIFIED x", "DELETED x"]);
    const versions = stream.events.map(({ object }) => Number(object.metadata.resourceVersion));
    assert.deepEqual(versions, [...versions].sort((a, b) => a - b));
    assert.equal(stream.events[0]?.object.kind, "Job");
  });

  test("resumes after a version", () => {
    const { watch, put } = setUp();
    put("x");
    const version = put("y");
    put("z");
    const stream = watch({ resourceVersion: String(version) });
    put("last");
    assert.deepEqual(stream.seen, ["ADDED z", "ADDED last"]);
  });

  test("a version that left the ring resumes with what is left, without a word", () => {
    const { watch, put, store } = setUp();
    const version = put("x");
    for (let index = 0; index < 400; index++) put(`j${index}`);
    for (let index = 0; index < 200; index++) store.create("historicjobs", { metadata: { name: `h${index}`, namespace: "a" } });
    const stream = watch({ resourceVersion: String(version) });
    assert.equal(stream.seen.length, 300);
    assert.equal(stream.seen[0], "ADDED j100");
  });

  test("with gaps=event such a version is answered with ERROR 410 and the end", () => {
    const { watch, put } = setUp({ ringEvents: 2, gaps: "event" });
    const versions = ["w", "x", "y", "z"].map((name) => put(name));
    const late = watch({ resourceVersion: String(versions[0]) });
    const { type, object } = late.events[0] ?? {};
    assert.deepEqual([type, object?.kind, object?.code, object?.reason], ["ERROR", "Status", 410, "Expired"]);
    assert.equal(object?.message, `too old resource version: ${versions[0]} (${versions[1]})`);
    assert.deepEqual([late.events.length, late.ended], [1, "end"]);
    assert.deepEqual(watch({ resourceVersion: String(versions[1]) }).seen, ["ADDED y", "ADDED z"]);
  });

  test("the state is given whatever version is asked for, also one that left the ring", () => {
    const { watch, put } = setUp({ ringEvents: 1, gaps: "event" });
    const [version] = ["x", "y", "z"].map((name) => put(name));
    const stream = watch({ sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", resourceVersion: String(version) });
    assert.deepEqual(stream.seen, ["ADDED x", "ADDED y", "ADDED z"]);
  });

  test("the end of the state is marked only where streaming lists are served", () => {
    const { watch, put } = setUp({ watchFromZero: "state", watchList: "refused" });
    put("x");
    assert.deepEqual(watch({ allowWatchBookmarks: "true" }).seen, ["ADDED x"]);
  });

  test("a negative timeoutSeconds ends it before anything is said", () => {
    const { watch, put, open } = setUp({ watchFromZero: "state" });
    put("x");
    const stream = watch({ timeoutSeconds: "-1" });
    assert.deepEqual([stream.seen, stream.ended, open.size], [[], "end", 0]);
  });

  test("one namespace sees no other", () => {
    const { watch, put } = setUp();
    const stream = watch({}, { namespace: "b" });
    put("x");
    put("y", { metadata: { namespace: "b" } });
    assert.deepEqual(stream.seen, ["ADDED y"]);
  });

  test("an object that begins to match is ADDED, one that ends to match DELETED", () => {
    const { watch, put } = setUp();
    const stream = watch({ labelSelector: "!claim" });
    put("x");
    put("x", { metadata: { labels: { claim: "1" } } });
    put("x", { metadata: { labels: { claim: "2" } } });
    put("x", { metadata: { labels: {} } });
    assert.deepEqual(stream.seen, ["ADDED x", "DELETED x", "ADDED x"]);
  });

  test("what leaves a selection is told as it was in it, under the version of the change", () => {
    const { watch, put } = setUp();
    put("x", { metadata: { labels: { n: "1", more: "a" } } });
    const stream = watch({ labelSelector: "n=1" });
    const version = put("x", { metadata: { labels: { n: "2", more: "b" } } });
    const { type, object } = stream.events[0] ?? {};
    assert.deepEqual([type, object?.metadata.labels, object?.metadata.resourceVersion], ["DELETED", { n: "1", more: "a" }, String(version)]);
  });

  test("what goes with its last finalizer is told with it", () => {
    const { watch, put, store } = setUp();
    put("x", { metadata: { finalizers: ["hold"] } });
    store.delete("jobs", "a", "x");
    const stream = watch();
    put("x", { metadata: { finalizers: [], labels: { late: "yes" } } });
    const { type, object } = stream.events[0] ?? {};
    assert.deepEqual([type, object?.metadata.finalizers, object?.metadata.labels], ["DELETED", ["hold"], undefined]);
  });

  test("a change is encoded once for all watches of a form", () => {
    const { watch, put } = setUp();
    const encoded: string[] = [];
    const form = {
      ...plainForm(RESOURCES.jobs, "v0alpha1", behaviourOf("2026-09")),
      event: (entry: Entry, first: boolean) => {
        encoded.push(`${entry.name} ${first ? "first" : "later"}`);
        return JSON.stringify(entry.object);
      },
    };
    const streams = [watch({}, { form }), watch({ labelSelector: "!x" }, { form }), watch({ labelSelector: "x" }, { form })];
    put("j1");
    put("j2");
    assert.deepEqual(encoded, ["j1 first", "j2 later"]);
    watch({}, { form });
    put("j3");
    assert.deepEqual(encoded.slice(2), ["j3 later", "j3 first"]);
    assert.deepEqual(streams.map(({ seen }) => seen.length), [3, 3, 0]);
  });

  test("bookmarks come when asked for, and only when the version moved", async () => {
    const { watch, put, store, clock } = setUp();
    const plain = watch();
    const stream = watch({ allowWatchBookmarks: "true" });
    await clock.advance(30_000);
    assert.deepEqual(stream.seen, []);
    const { version } = store.create("historicjobs", { metadata: { name: "h", namespace: "a" } });
    await clock.advance(30_000);
    assert.deepEqual(stream.seen, [`BOOKMARK ${version}`]);
    put("x");
    await clock.advance(10_000);
    assert.deepEqual(stream.seen.length, 3);
    assert.deepEqual(plain.seen, ["ADDED x"]);
  });

  test("ends politely after timeoutSeconds, after half an hour without", async () => {
    const { watch, put, clock, open } = setUp();
    const short = watch({ timeoutSeconds: "7" });
    const long = watch();
    await clock.advance(6_999);
    assert.equal(short.ended, undefined);
    await clock.advance(1);
    assert.equal(short.ended, "end");
    put("x");
    assert.deepEqual([short.seen, long.seen], [[], ["ADDED x"]]);
    await clock.advance(1_800_000);
    assert.equal(long.ended, "end");
    assert.equal(open.size, 0);
  });

  test("sendInitialEvents gives the present first, then the marked bookmark", () => {
    const { watch, put } = setUp();
    put("x");
    const version = put("y");
    const stream = watch({ sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" });
    put("z");
    assert.deepEqual(stream.seen, ["ADDED x", "ADDED y", `BOOKMARK ${version}`, "ADDED z"]);
    assert.deepEqual(stream.events[2]?.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
  });

  test("a reader that stays behind by more than 100 events is ended", async () => {
    const { watch, put, clock, open } = setUp();
    const stream = watch();
    stream.room = 1;
    for (let index = 0; index < 150; index++) put(`j${index}`);
    await clock.advance(999);
    assert.equal(stream.ended, undefined);
    await clock.advance(1);
    assert.equal(stream.ended, "end");
    assert.equal(open.size, 0);
    await clock.advance(5_000);
    assert.equal(stream.ended, "destroy");
  });

  test("a reader that takes its time with what is there already is not behind", async () => {
    const { watch, put, clock } = setUp();
    for (let index = 0; index < 1_000; index++) put(`j${index}`);
    const stream = watch({ sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }, { room: 1 });
    const missed = watch({ resourceVersion: String(put("last") - 400) }, { room: 1 });
    for (let index = 0; index < 200; index++) put(`new${index}`);
    await clock.advance(60_000);
    assert.deepEqual([stream.ended, missed.ended], [undefined, undefined]);
    for (const reader of [stream, missed]) reader.drain();
    assert.deepEqual([stream.seen.length, stream.seen.at(1_000), missed.seen.length], [1_201, "ADDED last", 600]);
  });

  test("a reader that catches up in time misses nothing", async () => {
    const { watch, put, clock } = setUp();
    const stream = watch();
    stream.room = 1;
    for (let index = 0; index < 1_000; index++) put(`j${index}`);
    await clock.advance(500);
    stream.drain();
    await clock.advance(60_000);
    assert.equal(stream.ended, undefined);
    assert.deepEqual(stream.seen, Array.from({ length: 1_000 }, (_, index) => `ADDED j${index}`));
  });

  test("a client that left costs nothing more", async () => {
    const { watch, put, open, clock } = setUp();
    const stream = watch({ allowWatchBookmarks: "true" });
    assert.equal(open.size, 1);
    stream.leave();
    put("x");
    await settle();
    assert.deepEqual([stream.seen, open.size, clock.sleepers], [[], 0, 0]);
  });

  for (
    const query of [
      { resourceVersion: "abc" },
      { resourceVersion: "9999999999999999999" },
      { labelSelector: "a b" },
      { sendInitialEvents: "true" },
    ]
  ) {
    test(`refuses ${JSON.stringify(query)} before it answers`, () => {
      const { watch, open } = setUp();
      assert.throws(
        () => watch(query as unknown as Record<string, string>),
        (error) => error instanceof Refusal && error.code >= 400,
      );
      assert.equal(open.size, 0);
    });
  }
});

describe("Events", () => {
  test("lose() keeps matching changes from everybody, until it is ended", () => {
    const { watch, put, store, events } = setUp();
    const version = store.version;
    const stream = watch();
    const end = events.lose(({ entry }) => entry.name === "lost");
    put("lost");
    put("kept");
    end();
    put("lost");
    assert.deepEqual(stream.seen, ["ADDED kept", "MODIFIED lost"]);
    assert.deepEqual(watch({ resourceVersion: String(version) }).seen, ["ADDED kept", "MODIFIED lost"]);
  });

  test("forget() empties the ring", () => {
    const { watch, put, events } = setUp();
    const version = put("x");
    put("y");
    events.forget();
    assert.deepEqual(watch({ resourceVersion: String(version) }).seen, []);
  });
});
