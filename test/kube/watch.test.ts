import { describe, test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import { ApiError, NetworkError, ProtocolError } from "../../src/base/errors.ts";
import { ListLane } from "../../src/kube/list-lane.ts";
import type { KubeObject, WatchEvent } from "../../src/kube/types.ts";
import { ObjectIndex } from "../../src/kube/object-index.ts";
import { watchObjects } from "../../src/kube/watch.ts";
import type { Fact } from "../../src/kube/watch-state.ts";
import { words } from "../support/machine.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { job } from "../support/objects.ts";
import { ScriptedApi } from "../support/scripted-api.ts";

const ADDED = (object: KubeObject): WatchEvent => ({ type: "ADDED", object });
const forbidden = new ApiError("forbidden", { status: 403 });
const lost = new NetworkError("Lost the connection", "closed");

function setUp(options: { resyncMs?: number; random?: number; lane?: ListLane; clock?: ManualClock } = {}) {
  const clock = options.clock ?? new ManualClock();
  const lane = options.lane ?? new ListLane(clock);
  const api = new ScriptedApi();
  const stop = new AbortController();
  const facts: Fact[] = [];
  const index = new ObjectIndex();
  /** What the meter is told: events by their type, facts as they are. */
  const metered: { events: string[]; facts: Fact[] } = { events: [], facts: [] };
  const meter = {
    events: (events: readonly WatchEvent[]) => void metered.events.push(...events.map(({ type }) => type)),
    fact: (fact: Fact) => void metered.facts.push(fact),
  };
  const reading = { on: true, resume: () => {} };
  const watch = watchObjects(
    { api, collection: { resource: "jobs" }, lane, clock, random: () => options.random ?? 0, resyncMs: options.resyncMs ?? 60_000, index, meter },
    stop.signal,
  );
  const ended = (async () => {
    try {
      for await (const batch of watch) {
        facts.push(...batch);
        if (!reading.on) await new Promise<void>((resolve) => (reading.resume = resolve));
      }
      return "ended by itself";
    } catch (error) {
      return error;
    }
  })();
  /** From the start to an open stream at version 100 and a first complete list of `objects`. */
  const sync = async (...objects: KubeObject[]) => {
    await settle();
    api.lastList.answer();
    await settle();
    api.lastWatch.open();
    await settle();
    api.lastList.answer(objects);
    await settle();
  };
  return { api, clock, lane, stop, facts, index, metered, reading, ended, watch, sync, told: () => words(facts) };
}

/** Whether someone else could list now. */
async function laneIsFree(lane: ListLane): Promise<boolean> {
  const impatient = new AbortController();
  const entering = lane.enter(true, impatient.signal);
  await settle();
  impatient.abort();
  return entering.then((turn) => {
    turn.leave();
    return true;
  }, () => false);
}

describe("watchObjects(), the order of requests", () => {
  test("anchor, stream, list; and the list begins only once the stream is open", async () => {
    const { api, stop, ended } = setUp();
    await settle();
    assert.deepEqual(api.calls, ["anchor"]);
    api.lastList.answer([], { version: "77" });
    await settle();
    assert.deepEqual(api.calls, ["anchor", "watch 77"]);
    api.lastWatch.open();
    await settle();
    assert.deepEqual(api.calls, ["anchor", "watch 77", "list"]);
    assert.deepEqual(api.lists.map(({ query }) => query.limit), [1, 250_000]);
    stop.abort();
    await ended;
  });

  test("a list follows each reconnect, behind the new stream", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    await clock.advance(10_000);
    api.lastWatch.send(ADDED(job("a", "1", "101")));
    await settle();
    api.lastWatch.end();
    await settle();
    assert.deepEqual(api.calls.slice(3), ["watch 101"]);
    api.lastWatch.open();
    await settle();
    assert.deepEqual(api.calls.slice(3), ["watch 101", "list"]);
    stop.abort();
    await ended;
  });

  test("after 410 the version is read anew, then stream, then list", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    await clock.advance(10_000);
    api.lastWatch.send({ type: "ERROR", object: { kind: "Status", code: 410 } });
    await settle();
    assert.equal(api.watches[0]?.over, true, "the stream is let go though the server keeps it open");
    api.lastList.answer([], { version: "500" });
    await settle();
    api.lastWatch.open();
    await settle();
    assert.deepEqual(api.calls.slice(3), ["anchor", "watch 500", "list"]);
    stop.abort();
    await ended;
  });

  test("pages follow each other, one at a time, each after its token", async () => {
    const { api, stop, ended, told } = setUp();
    await settle();
    api.lastList.answer();
    await settle();
    api.lastWatch.open();
    await settle();
    api.lastList.answer([job("a", "1")], { continue: "t1" });
    await settle();
    api.lastList.answer([], { continue: "t2" });
    await settle();
    api.lastList.answer([job("b", "2")]);
    await settle();
    assert.deepEqual(api.calls, ["anchor", "watch 100", "list", "list t1", "list t2"]);
    assert.equal(api.mostListing, 1);
    assert.deepEqual(told(), ["stream up", "applied 1 initial", "applied 2 initial", "first listed 2: 2 found, 0 changed, 0 gone"]);
    stop.abort();
    await ended;
  });

  test("the server is asked to end the watch after 240 to 300 s", async () => {
    for (const [random, seconds] of [[0, 240], [0.5, 270], [0.999, 299]] as const) {
      const { api, stop, ended } = setUp({ random });
      await settle();
      api.lastList.answer();
      await settle();
      assert.equal(api.lastWatch.query.timeoutSeconds, seconds);
      stop.abort();
      await ended;
    }
  });
});

describe("watchObjects(), who else is told", () => {
  test("the meter of every event and fact, and the index that was lent holds what is known", async () => {
    const { api, sync, facts, index, metered, stop, ended } = setUp();
    await sync(job("a", "1"));
    api.lastWatch.send(ADDED(job("b", "2", "101")), { type: "BOOKMARK", object: { metadata: { resourceVersion: "102" } } });
    await settle();
    assert.deepEqual(metered.events, ["ADDED", "BOOKMARK"]);
    assert.deepEqual(metered.facts, facts);
    assert.deepEqual(words(facts), ["stream up", "applied 1 initial", "first listed 1: 1 found, 0 changed, 0 gone", "applied 2 live"]);
    assert.equal(index.size, 2);
    stop.abort();
    await ended;
  });
});

describe("watchObjects(), pace of lists", () => {
  test("one list begins each resync interval after the begin of the one before", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    const began: number[] = [];
    for (let nth = 0; nth < 3; nth++) {
      const before = api.lists.length;
      while (api.lists.length === before) await clock.advance(500);
      began.push(clock.monotonic());
      await clock.advance(1_000);
      api.lastList.answer();
      await settle();
    }
    assert.deepEqual(began, [60_000, 120_000, 180_000]);
    stop.abort();
    await ended;
  });

  test("a list that took 1 s is followed by 19 s without one, however often the stream comes back", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    const reconnect = async () => {
      await clock.advance(6_000);
      api.lastWatch.end();
      await settle();
      api.lastWatch.open();
      await settle();
    };
    await reconnect();
    assert.equal(api.calls.at(-1), "list");
    await clock.advance(1_000);
    api.lastList.answer();
    await settle();
    const endedAt = clock.monotonic();
    const lists = api.lists.length;
    await reconnect();
    await reconnect();
    await reconnect();
    assert.equal(api.lists.length, lists, "18 s later: not yet");
    await clock.advance(endedAt + 19_000 - clock.monotonic() - 1);
    assert.equal(api.lists.length, lists);
    await clock.advance(1);
    assert.equal(api.lists.length, lists + 1, "the wishes of three reconnects are one list");
    stop.abort();
    await ended;
  });

  test("a list after a reconnect counts as the resync: the next comes one interval after it", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    await clock.advance(10_000);
    api.lastWatch.end();
    await settle();
    api.lastWatch.open();
    await settle();
    api.lastList.answer();
    await clock.advance(59_999);
    const lists = api.lists.length;
    await clock.advance(1);
    assert.deepEqual([lists, api.lists.length], [3, 4]);
    stop.abort();
    await ended;
  });

  test("timers do not pile up over reconnects", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    const before = clock.sleepers;
    for (let nth = 0; nth < 10; nth++) {
      await clock.advance(6_000);
      api.lastWatch.end();
      await settle();
      api.lastWatch.open();
      await settle();
      api.lastList.answer();
      await settle();
    }
    assert.ok(clock.sleepers <= before, `${clock.sleepers} timers instead of ${before}`);
    stop.abort();
    await ended;
  });

  test("a server that does not answer a list puts no other off for long", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    await clock.advance(60_000);
    assert.equal(api.calls.at(-1), "list");
    await clock.advance(30_000);
    api.lastList.fail(new NetworkError("no answer", "timeout"));
    await settle();
    const lists = api.lists.length;
    await clock.advance(1_000);
    assert.equal(api.lists.length, lists + 1);
    stop.abort();
    await ended;
  });

  test("a reader who is slow between two pages puts no list off", async () => {
    const { api, clock, sync, reading, stop, ended } = setUp();
    await sync();
    await clock.advance(60_000);
    reading.on = false;
    api.lastList.answer([job("a", "1")], { continue: "t1" });
    await settle();
    api.lastList.answer([], { continue: "t2" });
    await clock.advance(600_000);
    reading.on = true;
    reading.resume();
    await settle();
    assert.equal(api.lastList.query.continue, "t2");
    api.lastList.answer();
    await settle();
    assert.equal(api.lastList.query.continue, undefined, "the resync is overdue and comes at once");
    assert.equal(clock.monotonic(), 660_000);
    stop.abort();
    await ended;
  });

  test("after an outage the next list comes within the resync interval, however long the outage was", async () => {
    for (const resyncMs of [5_000, 60_000, 600_000]) {
      const { api, clock, sync, stop, ended } = setUp({ resyncMs, random: 0.999_999 });
      await sync();
      let asked = api.lists.length;
      for (let outage = 0; outage < 30; outage++) {
        const before = clock.monotonic();
        while (api.lists.length === asked) await clock.advance(Math.min(resyncMs / 10, 1_000));
        asked = api.lists.length;
        if (outage > 0) assert.ok(clock.monotonic() - before <= Math.min(resyncMs, 61_000), `${clock.monotonic() - before} ms with --resync-interval=${resyncMs}`);
        api.lastList.fail(lost);
        await settle();
      }
      stop.abort();
      await ended;
    }
  });

  test("first lists of several collections go one after the other, without a rest", async () => {
    const clock = new ManualClock();
    const lane = new ListLane(clock);
    const both = [setUp({ lane, clock }), setUp({ lane, clock })] as const;
    await settle();
    for (const { api } of both) api.lastList.answer();
    await settle();
    for (const { api } of both) api.lastWatch.open();
    await settle();
    assert.deepEqual(both.map(({ api }) => api.listing), [1, 0]);
    await clock.advance(5_000);
    both[0].api.lastList.answer();
    await settle();
    assert.deepEqual(both.map(({ api }) => api.listing), [0, 1]);
    for (const { stop, ended } of both) {
      stop.abort();
      await ended;
    }
  });
});

describe("watchObjects(), streams that die", () => {
  test("one that goes on 15 s past its end is cut and opened again", async () => {
    const { api, clock, sync, stop, ended, told } = setUp();
    await sync();
    await clock.advance(240_000 + 15_000 - 1);
    assert.equal(api.watches.length, 1);
    await clock.advance(1);
    assert.equal(api.watches.length, 2);
    assert.equal(api.watches[0]?.signal.aborted, true);
    assert.equal(api.watches[0]?.over, true);
    assert.ok(told().includes("failure stream 0"));
    stop.abort();
    await ended;
  });

  test("one that is never accepted is given up at the same time", async () => {
    const { api, clock, stop, ended, told } = setUp();
    await settle();
    api.lastList.answer();
    await settle();
    await clock.advance(240_000 + 15_000);
    assert.ok(told().includes("failure open 800"));
    await clock.advance(800);
    assert.equal(api.watches.length, 2);
    stop.abort();
    await ended;
  });

  test("one that stays silent while lists see changes is cut 10 s later, and its version read anew", async () => {
    const { api, clock, sync, stop, ended, told } = setUp();
    await sync();
    await clock.advance(60_000);
    api.lastList.answer();
    await clock.advance(60_000);
    api.lastList.answer([job("a", "1")]);
    await clock.advance(9_999);
    assert.equal(api.lastWatch.over, false);
    await clock.advance(1);
    assert.equal(api.lastWatch.over, true);
    assert.deepEqual(told().slice(-2), ["stalled", "stream down"]);
    assert.equal(api.calls.at(-1), "anchor");
    stop.abort();
    await ended;
  });

  test("is cut all the same where a list sees more changes every second", async () => {
    const { api, clock, sync, stop, ended, told } = setUp({ resyncMs: 1_000 });
    await sync();
    const objects: KubeObject[] = [];
    for (let second = 0; second < 12; second++) {
      await clock.advance(1_000);
      objects.push(job(`j${second}`, String(second)));
      api.lastList.answer(objects);
      await settle();
    }
    assert.ok(told().includes("stalled"));
    stop.abort();
    await ended;
  });

  test("events of one that was cut change nothing any more", async () => {
    const { api, clock, sync, stop, ended, told } = setUp();
    await sync();
    await clock.advance(10_000);
    const old = api.lastWatch;
    old.send({ type: "ERROR", object: { kind: "Status", code: 500 } });
    old.send(ADDED(job("ghost", "9", "999")));
    await settle();
    api.lastWatch.open();
    await settle();
    old.send(ADDED(job("ghost", "9", "999")));
    old.end();
    await settle();
    assert.ok(!told().some((word) => word.startsWith("applied")));
    assert.equal(api.watches.length, 2);
    assert.equal(api.lastWatch.query.version, "100");
    stop.abort();
    await ended;
  });

  test("two streams are never open at once", async () => {
    const { api, clock, sync, stop, ended } = setUp();
    await sync();
    for (let nth = 0; nth < 20; nth++) {
      await clock.advance(6_000);
      if (nth % 3 === 0) api.lastWatch.end();
      else if (nth % 3 === 1) api.lastWatch.end(lost);
      else api.lastWatch.send({ type: "ERROR", object: { kind: "Status", code: 410 } });
      await clock.advance(1_000);
      if (nth % 3 === 2) api.lastList.answer();
      await settle();
      assert.equal(api.watches.filter((watch) => !watch.over && !watch.signal.aborted).length, 1);
      api.lastWatch.open();
      await settle();
    }
    stop.abort();
    await ended;
  });
});

describe("watchObjects() where the watch is refused", () => {
  test("jobs are told from lists", async () => {
    const { api, clock, stop, ended, told } = setUp();
    await settle();
    api.lastList.answer();
    await settle();
    api.lastWatch.refuse(forbidden);
    await settle();
    assert.deepEqual(api.calls, ["anchor", "watch 100", "list"]);
    api.lastList.answer([job("a", "1")]);
    await settle();
    assert.ok(told().includes("applied 1 initial"));
    while (api.calls.filter((call) => call === "list").length < 2) {
      await clock.advance(100);
      if (api.lastWatch.query.version === "100") api.lastWatch.refuse(forbidden);
    }
    assert.equal(clock.monotonic(), 60_000);
    api.lastList.answer([job("a", "1"), job("b", "2")]);
    await settle();
    assert.ok(told().includes("applied 2 relist"));
    stop.abort();
    await ended;
  });

  test("a server that is not there at all is asked at growing distances, and nothing ends", async () => {
    const { api, clock, stop, ended, told } = setUp();
    const at: number[] = [];
    for (let nth = 0; nth < 8; nth++) {
      while (api.calls.length === nth) await clock.advance(100);
      at.push(clock.monotonic());
      api.lastList.fail(new NetworkError("refused", "refused"));
      await settle();
    }
    assert.deepEqual(at, [0, 800, 2_400, 5_600, 12_000, 24_800, 50_400, 80_400]);
    assert.ok(told().every((word) => word.startsWith("failure anchor")));
    stop.abort();
    await ended;
  });
});

describe("watchObjects() with a slow reader", () => {
  test("stops reading the stream, and goes on where it was", async () => {
    const { api, sync, reading, stop, ended, told } = setUp();
    await sync();
    reading.on = false;
    for (let nth = 1; nth <= 20; nth++) api.lastWatch.send(ADDED(job(`j${nth}`, `u${nth}`, String(100 + nth))));
    await settle();
    assert.ok(api.lastWatch.unread >= 17, `${20 - api.lastWatch.unread} batches were read ahead`);
    reading.on = true;
    reading.resume();
    await settle();
    assert.equal(api.lastWatch.unread, 0);
    assert.deepEqual(told().filter((word) => word.startsWith("applied")), Array.from({ length: 20 }, (_, nth) => `applied u${nth + 1} live`));
    stop.abort();
    await ended;
  });

  test("asks for no further page", async () => {
    const { api, reading, stop, ended } = setUp();
    await settle();
    api.lastList.answer();
    await settle();
    api.lastWatch.open();
    await settle();
    reading.on = false;
    api.lastList.answer([job("a", "1")], { continue: "t1" });
    await settle();
    api.lastList.answer([job("b", "2")], { continue: "t2" });
    await settle();
    assert.deepEqual(api.calls.slice(2), ["list", "list t1"]);
    reading.resume();
    stop.abort();
    await ended;
  });

  test("lets its requests go at once when stopped, though the reader has not come back", async () => {
    const { api, clock, sync, reading, stop, ended } = setUp();
    await sync();
    await clock.advance(60_000);
    reading.on = false;
    api.lastWatch.send(ADDED(job("a", "1")));
    await settle();
    stop.abort(new Error("stop"));
    assert.equal(api.lastWatch.signal.aborted, true);
    assert.equal(api.lastList.signal.aborted, true);
    reading.on = true;
    reading.resume();
    await ended;
  });

  test("ends at once when stopped", async () => {
    const { api, sync, reading, stop, ended } = setUp();
    await sync();
    reading.on = false;
    for (let nth = 1; nth <= 3; nth++) api.lastWatch.send(ADDED(job(`j${nth}`, `u${nth}`)));
    await settle();
    stop.abort(new Error("stop"));
    reading.on = true;
    reading.resume();
    assert.match(String(await ended), /stop/);
    assert.equal(api.lastWatch.over, true);
  });
});

describe("watchObjects(), stopping", () => {
  type Run = ReturnType<typeof setUp>;
  const states: [name: string, reach: (run: Run) => Promise<void>][] = [
    ["right after the start", async () => {}],
    ["while the version is read", () => settle()],
    ["while it waits to read the version again", async ({ api }) => {
      await settle();
      api.lastList.fail(lost);
      await settle();
    }],
    ["while the stream opens", async ({ api }) => {
      await settle();
      api.lastList.answer();
      await settle();
    }],
    ["while it waits to open the stream again, and a list runs", async ({ api }) => {
      await settle();
      api.lastList.answer();
      await settle();
      api.lastWatch.refuse(forbidden);
      await settle();
    }],
    ["while the first list runs", async ({ api }) => {
      await settle();
      api.lastList.answer();
      await settle();
      api.lastWatch.open();
      await settle();
    }],
    ["between two pages", async ({ api }) => {
      await settle();
      api.lastList.answer();
      await settle();
      api.lastWatch.open();
      await settle();
      api.lastList.answer([], { continue: "t1" });
      await settle();
    }],
    ["while it waits to list again", async ({ api, sync, clock }) => {
      await sync();
      await clock.advance(60_000);
      api.lastList.fail(lost);
      await settle();
    }],
    ["while all is quiet", ({ sync }) => sync()],
    ["while a verifying list runs", async ({ sync, clock }) => {
      await sync();
      await clock.advance(60_000);
    }],
    ["while it waits for its turn to list", async ({ sync, clock, api }) => {
      await sync();
      await clock.advance(60_000);
      await clock.advance(1_000);
      api.lastList.answer();
      api.lastWatch.end();
      await settle();
      api.lastWatch.open();
      await settle();
    }],
    ["while a silent stream is under suspicion", async ({ sync, clock, api }) => {
      await sync();
      await clock.advance(60_000);
      api.lastList.answer();
      await clock.advance(60_000);
      api.lastList.answer([job("a", "1")]);
      await settle();
    }],
  ];
  for (const [name, reach] of states) {
    test(`${name}: ends with the reason, asks for nothing more, leaves lane and timers`, async () => {
      const run = setUp();
      await reach(run);
      const calls = run.api.calls.length;
      const reason = new Error("stop");
      run.stop.abort(reason);
      assert.equal(await run.ended, reason);
      await run.clock.advance(600_000);
      assert.equal(run.api.late, 0);
      assert.equal(run.api.calls.length, calls, run.api.calls.join(", "));
      assert.equal(run.clock.sleepers, 0);
      assert.equal(run.api.listing, 0);
      assert.ok(run.api.watches.every((watch) => watch.signal.aborted || watch.over));
      assert.equal(await laneIsFree(run.lane), true);
    });
  }

  test("an answer and the stop in the same moment: nothing is asked for", async () => {
    for (const steps of [1, 2, 3, 4, 5, 6, 8, 10]) {
      const run = setUp();
      await settle();
      run.api.lastList.answer();
      for (let nth = 0; nth < steps; nth++) await Promise.resolve();
      const calls = run.api.calls.length;
      run.stop.abort(new Error("stop"));
      await run.ended;
      await settle();
      assert.equal(run.api.calls.length, calls, `stopped ${steps} microtasks after the answer`);
      assert.equal(run.api.late, 0);
    }
  });

  test("a lane that becomes free in the moment of the stop stays free", async () => {
    for (const steps of [0, 1, 2, 3, 4, 5]) {
      const clock = new ManualClock();
      const lane = new ListLane(clock);
      const other = await lane.enter(true, new AbortController().signal);
      const run = setUp({ lane, clock });
      await settle();
      run.api.lastList.answer();
      await settle();
      run.api.lastWatch.open();
      await settle();
      other.leave();
      for (let nth = 0; nth < steps; nth++) await Promise.resolve();
      run.stop.abort(new Error("stop"));
      await run.ended;
      await settle();
      assert.equal(await laneIsFree(lane), true, `stopped ${steps} microtasks after`);
    }
  });

  test("leaving the loop stops it too", async () => {
    const clock = new ManualClock();
    const lane = new ListLane(clock);
    const api = new ScriptedApi();
    const watch = watchObjects({ api, collection: { resource: "jobs" }, lane, clock, random: () => 0, resyncMs: 60_000 }, new AbortController().signal);
    const first = watch.next();
    await settle();
    api.lastList.answer();
    await settle();
    api.lastWatch.open();
    await first;
    await watch.return(undefined);
    await settle();
    assert.equal(api.lastWatch.signal.aborted, true);
    assert.equal(clock.sleepers, 0);
    const calls = api.calls.length;
    await clock.advance(600_000);
    assert.equal(api.calls.length, calls);
    assert.equal(await laneIsFree(lane), true);
  });

  test("a signal that was aborted before the start asks for nothing", async () => {
    const api = new ScriptedApi();
    const clock = new ManualClock();
    const early = AbortSignal.abort(new Error("early"));
    const lane = new ListLane(clock);
    const watch = watchObjects({ api, collection: { resource: "jobs" }, lane, clock, random: () => 0, resyncMs: 60_000 }, early);
    await assert.rejects(watch.next(), /early/);
    assert.deepEqual(api.calls, []);
  });

  test("no rejection goes unhandled in any of it", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      for (const [, reach] of states) {
        const run = setUp();
        await reach(run);
        run.stop.abort(new Error("stop"));
        await run.ended;
        await settle();
      }
      const run = setUp();
      await run.sync();
      run.api.lastWatch.end(new ProtocolError("garbage"));
      await settle();
      run.api.lastWatch.refuse(lost);
      await run.clock.advance(1_000_000);
      run.stop.abort(new Error("stop"));
      await run.ended;
      await settle();
      await new Promise((resolve) => setTimeout(resolve, 0));
    } finally {
      process.off("unhandledRejection", note);
    }
    assert.deepEqual(unhandled, []);
  });
});
