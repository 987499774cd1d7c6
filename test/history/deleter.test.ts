import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { NetworkError, ProtocolError } from "../../src/base/errors.ts";
import { Deleter, type Outcome, type Target } from "../../src/history/deleter.ts";
import { FakeHistory, type FakeHistoryOptions, refusal } from "../support/fake-history.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";

function setUp(count: number, options: FakeHistoryOptions & { rate?: number } = {}) {
  const clock = new ManualClock();
  const server = new FakeHistory(clock, { deleteMs: 10, ...options });
  const targets: Target[] = [];
  for (let index = 0; index < count; index++) {
    const name = `h${String(index).padStart(4, "0")}`;
    server.add(name, 60_000);
    targets.push({ namespace: "default", name, uid: `uid-${name}`, ageMs: 60_000 });
  }
  const counts = new MemoryCount();
  const deleter = new Deleter({ api: server, ratePerSecond: options.rate ?? 0, clock, random: () => 0, count: counts.count });
  const outcomes = new Map<string, Outcome>();
  const stop = new AbortController();
  let ended = false;
  const start = () => {
    const ending = deleter.deleteAll({ resource: "historicjobs" }, targets, ({ name }, outcome) => outcomes.set(name, outcome), stop.signal);
    ended = false;
    ending.then(() => (ended = true), () => (ended = true));
    return ending;
  };
  /** Starts, and lets time pass until the end. */
  const run = async () => {
    const ending = start();
    await settle();
    while (!ended) await clock.advance(clock.nextMs ?? 0);
    return await ending;
  };
  const counted = (outcome: Outcome) => [...outcomes.values()].filter((each) => each === outcome).length;
  return { clock, server, deleter, outcomes, stop, start, run, counted, counts };
}

describe("Deleter.deleteAll()", () => {
  const table: [string, () => Error | undefined, Outcome][] = [
    ["200", () => undefined, "deleted"],
    ["404", () => refusal(404, "NotFound"), "gone"],
    ["409", () => refusal(409, "Conflict"), "changed"],
    ["401", () => refusal(401), "failed"],
    ["410", () => refusal(410, "Gone"), "failed"],
    ["422", () => refusal(422), "failed"],
    ["500", () => refusal(500), "failed"],
    ["504", () => refusal(504), "failed"],
    ["a broken connection", () => new NetworkError("reset", "closed"), "failed"],
    ["HTML", () => new ProtocolError("expected JSON"), "failed"],
  ];
  for (const [answer, error, outcome] of table) {
    test(`counts ${answer} as ${outcome} and goes on`, async () => {
      const { server, outcomes, run } = setUp(3);
      server.onDelete = ({ name }) => (name === "h0000" ? error() : undefined);
      assert.equal(await run(), undefined);
      assert.deepEqual([...outcomes].sort(), [["h0000", outcome], ["h0001", "deleted"], ["h0002", "deleted"]]);
    });
  }

  test("does not delete a successor of the same name", async () => {
    const { server, outcomes, run } = setUp(1);
    server.put("h0000", { metadata: { name: "h0000", namespace: "default", uid: "uid-of-the-successor" } });
    await run();
    assert.equal(outcomes.get("h0000"), "changed");
    assert.ok(server.has("h0000"));
  });

  test("counts what it asks for again, and not what it gives up", async () => {
    const { server, run, counts } = setUp(1);
    const refusals = [refusal(429, "TooManyRequests"), refusal(503)];
    server.onDelete = () => refusals.shift();
    await run();
    assert.deepEqual(counts.take(), ["retry delete 2"]);
    server.onDelete = () => refusal(500);
    await run();
    assert.deepEqual(counts.take(), []);
  });

  test("has ten requests under way, not more", async () => {
    const { server, counted, run } = setUp(35);
    await run();
    assert.equal(server.peak, 10);
    assert.equal(counted("deleted"), 35);
  });

  test("keeps to the rate across calls", async () => {
    const { clock, run, counted } = setUp(110, { rate: 100, deleteMs: 0 });
    await run();
    assert.equal(counted("deleted"), 110);
    assert.equal(clock.monotonic(), 1_000);
  });

  test("is stopped by 403, and names it", async () => {
    const { server, run, counted } = setUp(100);
    server.onDelete = () => refusal(403, "Forbidden");
    const stop = await run();
    assert.equal(stop?.kind, "forbidden");
    assert.equal(counted("failed"), 10);
    assert.equal(server.calls.filter((call) => call.startsWith("delete")).length, 10);
  });

  test("gives up after twenty failures in a row", async () => {
    const { server, run, counted } = setUp(100);
    server.onDelete = () => new NetworkError("refused", "refused");
    const stop = await run();
    assert.equal(stop?.kind, "failing");
    assert.ok(counted("failed") >= 20 && counted("failed") < 30, String(counted("failed")));
  });

  test("does not give up while a success comes in between", async () => {
    const { server, run, counted } = setUp(100);
    server.onDelete = (_target, call) => (call % 15 === 0 ? undefined : refusal(500));
    assert.equal(await run(), undefined);
    assert.equal(counted("failed") + counted("deleted"), 100);
  });

  test("counts failures anew in each sweep", async () => {
    const { server, deleter, run } = setUp(30);
    server.onDelete = () => refusal(500);
    assert.equal((await run())?.kind, "failing");
    server.onDelete = (_target, call) => (call < 40 ? refusal(500) : undefined);
    deleter.beginSweep();
    assert.equal(await run(), undefined);
  });

  for (const status of [429, 503]) {
    test(`halves on ${status} once per round, pauses everybody for Retry-After, and tries the same objects again`, async () => {
      const { clock, server, deleter, run, counted } = setUp(40);
      const times: number[] = [];
      server.onDelete = (_target, call) => {
        times.push(clock.monotonic());
        return call < 10 ? refusal(status, "", 7_000) : undefined;
      };
      await run();
      assert.equal(counted("deleted"), 40);
      assert.equal(deleter.limit, 5);
      assert.deepEqual(times.slice(0, 10), Array.from({ length: 10 }, () => 10));
      assert.ok(times.slice(10).every((time) => time >= 7_010), "nobody asked during the pause");
      assert.ok(times.slice(10, 15).every((time) => time === 7_020), "five went on together after it");
    });
  }

  test("waits by its own growing delays when 429 brings no Retry-After", async () => {
    const { clock, server, run } = setUp(1);
    const times: number[] = [];
    server.onDelete = (_target, call) => {
      times.push(clock.monotonic());
      return call < 3 ? refusal(429) : undefined;
    };
    await run();
    assert.deepEqual(times, [10, 820, 2_430, 5_640]);
  });

  test("gives up on a server that answers 429 five times to the same object", async () => {
    const { server, deleter, run, counted } = setUp(50);
    server.onDelete = () => refusal(429);
    const stop = await run();
    assert.equal(stop?.kind, "failing");
    assert.ok(counted("failed") >= 1);
    assert.equal(deleter.limit, 1);
  });

  test("recovers by one after fifty successes", async () => {
    const { server, deleter, run } = setUp(160);
    server.onDelete = (_target, call) => (call < 10 ? refusal(429) : undefined);
    await run();
    assert.equal(deleter.limit, 8);
  });

  test("starts nothing after an abort and lets what is under way end", async () => {
    const { clock, server, stop, start, outcomes } = setUp(100, { deleteMs: 1_000 });
    const failed = assert.rejects(start(), /stop/);
    await clock.advance(500);
    stop.abort(new Error("stop"));
    await clock.advance(499);
    assert.equal(server.underWay, 10);
    await clock.advance(1);
    await failed;
    assert.equal(outcomes.size, 10);
    assert.equal(server.deletions.length, 10);
    assert.equal(clock.sleepers, 0);
  });

  test("cuts what is under way five seconds after an abort", async () => {
    const { clock, server, stop, start, outcomes } = setUp(100, { deleteMs: 60_000 });
    const failed = assert.rejects(start(), /stop/);
    await clock.advance(1_000);
    stop.abort(new Error("stop"));
    await clock.advance(4_999);
    assert.equal(server.underWay, 10);
    await clock.advance(1);
    await failed;
    assert.equal(outcomes.size, 0);
    assert.equal(server.underWay, 0);
    assert.equal(clock.sleepers, 0);
  });

  test("leaves a long pause at once on abort", async () => {
    const { clock, server, stop, start } = setUp(1);
    server.onDelete = () => refusal(429, "", 300_000);
    const failed = assert.rejects(start(), /stop/);
    await clock.advance(1_000);
    assert.equal(clock.nextMs, 300_000 + 10 - 1_000);
    stop.abort(new Error("stop"));
    await failed;
    assert.equal(clock.sleepers, 0);
  });

  test("asks for nothing when it is aborted before it begins", async () => {
    const { server, stop, start } = setUp(3);
    stop.abort(new Error("stop"));
    await assert.rejects(start(), /stop/);
    assert.deepEqual(server.calls, []);
  });

  test("rejects with what is no error of ours, after the others have ended", async () => {
    const { server, run } = setUp(10);
    server.onDelete = ({ name }) => (name === "h0000" ? new TypeError("a bug") : undefined);
    await assert.rejects(run(), /a bug/);
    assert.equal(server.underWay, 0);
    assert.equal(server.deletions.length, 9);
  });
});
