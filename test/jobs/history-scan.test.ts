import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError } from "../../src/base/errors.ts";
import { Mailbox } from "../../src/base/mailbox.ts";
import { historyReader, scanHistory } from "../../src/jobs/history-scan.ts";
import { Ledger } from "../../src/jobs/ledger.ts";
import { ListLane } from "../../src/kube/list-lane.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { job, page, record } from "../support/objects.ts";
import { ScriptedApi } from "../support/scripted-api.ts";

const START = Date.parse("2026-03-01T10:00:00Z");
const RESYNC_MS = 60_000;
const MINUTE = 60_000;

function setUp(namespace?: string) {
  const clock = new ManualClock(START);
  const log = new MemoryLog();
  const ledger = new Ledger();
  const lane = new ListLane(clock);
  const wanted = new Mailbox();
  const wake = new Mailbox();
  const api = new ScriptedApi();
  const stop = new AbortController();
  const counts = new MemoryCount();
  const reader = historyReader(ledger, { firstAnswerMs: START }, clock, wake, counts.count);
  const ended = scanHistory({ api, namespace, ledger, reader, lane, clock, log, resyncMs: RESYNC_MS, wanted, count: counts.count }, stop.signal).catch((error: unknown) => error);
  /** The times at which passes began, while `answer` answers each list. */
  const begins: number[] = [];
  let seen = 0;
  const run = async (ms: number, answer: () => void = () => api.lastList.answer()) => {
    const until = clock.monotonic() + ms;
    for (;;) {
      await settle();
      while (api.lists.length > seen) {
        seen = api.lists.length;
        if (api.lastList.query.continue === undefined) begins.push(clock.monotonic());
        answer();
        await settle();
      }
      if (clock.monotonic() >= until) return;
      await clock.advance(Math.min(1_000, until - clock.monotonic()));
    }
  };
  return { clock, log, ledger, lane, wanted, wake, api, stop, reader, ended, begins, run, counts };
}

describe("scanHistory()", () => {
  test("reads once per resync interval, begin to begin", async () => {
    const { run, begins, stop, ended } = setUp();
    await run(5 * MINUTE);
    assert.deepEqual(begins, [1, 2, 3, 4, 5].map((nth) => nth * MINUTE));
    stop.abort("stop");
    assert.equal(await ended, "stop");
  });

  for (const [end, answer] of [
    ["complete", (api: ScriptedApi) => api.lastList.answer()],
    ["broken", (api: ScriptedApi) => api.lastList.fail(new ApiError("m", { status: 500 }))],
    ["unreadable", (api: ScriptedApi) => api.lastList.fail(new ApiError("m", { status: 404 }))],
  ] as const) {
    test(`counts a pass that ends ${end}`, async () => {
      const { run, api, counts, stop, ended } = setUp();
      await run(MINUTE, () => answer(api));
      assert.deepEqual(counts.take(), [`history-scan ${end}`]);
      stop.abort();
      await ended;
    });
  }

  test("counts jobs that ended a minute ago and left no record", async () => {
    const { run, api, counts, ledger, stop, ended } = setUp();
    for (const uid of ["1", "2"]) ledger.applied(job("a", uid), "live");
    for (const uid of ["1", "2"]) ledger.deleted(uid, 0);
    await run(MINUTE, () => api.lastList.answer([record("a", "1", START + 1_000)]));
    assert.deepEqual(counts.take(), ["unrecorded", "history-scan complete"]);
    stop.abort();
    await ended;
  });

  for (const namespace of [undefined, "stacks-42"]) {
    test(`reads the history of ${namespace ?? "all namespaces"}`, async () => {
      const { api, clock, stop, ended } = setUp(namespace);
      await clock.advance(RESYNC_MS);
      assert.deepEqual(api.lastList.collection, { resource: "historicjobs", ...(namespace === undefined ? {} : { namespace }) });
      stop.abort();
      await ended;
    });
  }

  test("holds no turn while it waits to be let in again", async () => {
    const { api, clock, lane, stop, ended } = setUp();
    await clock.advance(RESYNC_MS);
    api.lastList.fail(new ApiError("m", { status: 403 }));
    await settle();
    (await lane.enter(true, stop.signal)).leave();
    stop.abort();
    await ended;
  });

  test("reads after a reconnect, at once, and one interval after that", async () => {
    const { run, begins, wanted, stop, ended } = setUp();
    await run(20_000);
    wanted.offer();
    await run(2 * MINUTE);
    assert.deepEqual(begins, [20_000, 80_000, 140_000]);
    stop.abort();
    await ended;
  });

  test("leaves an interval out in which a sweep has read everything, and no longer", async () => {
    const { run, begins, reader, clock, stop, ended } = setUp();
    await run(30_000);
    reader.scanBegan();
    reader.page(page([], { serverTimeMs: clock.now() }));
    reader.scanEnded(true);
    await run(2 * MINUTE);
    assert.deepEqual(begins, [90_000, 150_000], "one interval after the sweep's begin");
    stop.abort();
    await ended;
  });

  test("reads after a reconnect though a sweep has read everything just before", async () => {
    const { run, begins, reader, wanted, stop, ended } = setUp();
    await run(30_000);
    reader.scanBegan();
    reader.scanEnded(true);
    await run(1_000);
    wanted.offer();
    await run(5_000);
    assert.equal(begins.length, 1);
    stop.abort();
    await ended;
  });

  test("does not take a sweep for enough that broke off", async () => {
    const { run, begins, reader, stop, ended } = setUp();
    await run(30_000);
    reader.scanBegan();
    reader.scanEnded(false);
    await run(MINUTE);
    assert.deepEqual(begins, [60_000]);
    stop.abort();
    await ended;
  });

  test("tells the ledger of every page, with the server's time, and wakes who waits", async () => {
    const { api, clock, ledger, wake, stop, ended } = setUp();
    await clock.advance(RESYNC_MS);
    let woken = false;
    const waiting = wake.wait(stop.signal).then(() => {
      woken = true;
    }, () => undefined);
    api.lastList.answer([], { continue: "t1", serverTimeMs: START + RESYNC_MS });
    await settle();
    assert.equal(woken, false, "nothing waits in the ledger");
    api.lastList.answer([record("a", "1", START + 30_000)], { serverTimeMs: START + RESYNC_MS });
    await settle();
    assert.equal(woken, true);
    assert.equal(ledger.dueAt, RESYNC_MS + 10_000);
    assert.equal(ledger.scannedSince, RESYNC_MS);
    stop.abort();
    await Promise.all([ended, waiting]);
  });

  test("waits for its turn, and keeps to the five percent", async () => {
    const { api, clock, lane, wanted, stop, ended } = setUp();
    const turn = await lane.enter(true, stop.signal);
    wanted.offer();
    await settle();
    assert.equal(api.calls.length, 0);
    turn.leave();
    await settle();
    assert.equal(api.calls.length, 1);
    await clock.advance(2_000);
    api.lastList.answer();
    await settle();
    wanted.offer();
    await clock.advance(37_999);
    assert.equal(api.calls.length, 1);
    await clock.advance(1);
    assert.equal(api.calls.length, 2);
    stop.abort();
    await ended;
  });

  test("drops its turn when a sweep has read everything while it waited", async () => {
    const { api, lane, clock, reader, stop, ended, wanted } = setUp();
    const turn = await lane.enter(true, stop.signal);
    wanted.offer();
    await clock.advance(1_000);
    reader.scanBegan();
    reader.scanEnded(true);
    turn.leave();
    await settle();
    assert.equal(api.calls.length, 0);
    const free = await lane.enter(true, stop.signal);
    free.leave();
    stop.abort();
    await ended;
  });

  for (const status of [403, 404]) {
    test(`says a ${status} once, tries again every ten minutes, and says it again only after it could be read`, async () => {
      const { run, begins, log, api, stop, ended } = setUp();
      const refuse = () => api.lastList.fail(new ApiError(`Cannot list historicjobs: server answered ${status}`, { status }));
      await run(31 * MINUTE, refuse);
      assert.deepEqual(begins, [1, 11, 21, 31].map((nth) => nth * MINUTE));
      const warned = () => log.records.filter(({ level }) => level === "warn");
      assert.equal(warned().length, 1);
      assert.match(String(warned()[0]?.fields.error), new RegExp(`${status}`));
      await run(10 * MINUTE);
      await run(MINUTE, refuse);
      assert.equal(warned().length, 2);
      stop.abort("stop");
      assert.equal(await ended, "stop");
    });
  }

  test("lets the departed go after ten minutes while it cannot read", async () => {
    const { run, api, ledger, clock, stop, ended } = setUp();
    ledger.deleted("1", clock.monotonic());
    const refuse = () => {
      api.lastList.fail(new ApiError("m", { status: 403 }));
    };
    for (let minute = 0; minute < 12; minute++) {
      await run(MINUTE, refuse);
      ledger.listed({ beganAt: clock.monotonic(), resumesAt: clock.monotonic() }, clock.monotonic());
    }
    assert.equal(ledger.size, 0);
    stop.abort();
    await ended;
  });

  for (const [what, error] of [
    ["a lost connection", new NetworkError("lost", "closed")],
    ["500", new ApiError("oops", { status: 500 })],
    ["an expired token", new ApiError("gone", { status: 410 })],
  ] as const) {
    test(`${what} in the middle ends the pass as incomplete, without a WARN, and the next comes in time`, async () => {
      const { run, begins, log, api, ledger, stop, ended } = setUp();
      await run(2 * MINUTE, () => {
        if (api.lastList.query.continue === undefined) api.lastList.answer([record("a", "1", START + 30_000)], { continue: "t1" });
        else api.lastList.fail(error);
      });
      assert.deepEqual(begins, [60_000, 120_000]);
      assert.equal(ledger.scannedSince, Number.NEGATIVE_INFINITY);
      assert.deepEqual(log.records.filter(({ level }) => level === "warn"), []);
      assert.notEqual(ledger.dueAt, undefined, "what a page said is true all the same");
      stop.abort("stop");
      assert.equal(await ended, "stop");
    });
  }

  test("ends with the signal's reason in every state, and leaves the lane", async () => {
    const states: ((run: ReturnType<typeof setUp>) => Promise<unknown>)[] = [
      () => settle(),
      ({ clock }) => clock.advance(RESYNC_MS),
      async ({ clock, api }) => {
        await clock.advance(RESYNC_MS);
        api.lastList.answer([], { continue: "t1" });
        await settle();
      },
      async ({ clock, api }) => {
        await clock.advance(RESYNC_MS);
        api.lastList.fail(new ApiError("m", { status: 403 }));
        await settle();
      },
      async ({ clock, api, wanted }) => {
        await clock.advance(RESYNC_MS + 1_000);
        api.lastList.answer();
        wanted.offer();
        await settle();
      },
    ];
    for (const [nth, reach] of states.entries()) {
      const run = setUp();
      await reach(run);
      const reason = new Error("stop");
      const calls = run.api.calls.length;
      run.stop.abort(reason);
      if (nth === 1) run.api.lastList.fail(new NetworkError("aborted while connecting", "other"));
      assert.equal(await run.ended, reason, `state ${nth}`);
      await run.clock.advance(1_000_000);
      assert.equal(run.api.calls.length, calls);
      assert.equal(run.clock.sleepers, 0);
      (await run.lane.enter(true, new AbortController().signal)).leave();
    }
  });
});
