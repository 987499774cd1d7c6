import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ListLane } from "../../src/kube/list-lane.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";

const never = new AbortController().signal;

function setUp() {
  const clock = new ManualClock();
  const lane = new ListLane(clock);
  const entered: { who: string; at: number }[] = [];
  /** Asks for a turn; the result ends it. */
  const ask = async (who: string, urgent = false, signal = never) => {
    const leave = await lane.enter(urgent, signal);
    entered.push({ who, at: clock.monotonic() });
    return leave;
  };
  /** Takes a turn whose requests take `ms`. */
  const list = async (who: string, ms: number, urgent = false) => {
    const turn = await ask(who, urgent);
    await turn.request(() => clock.sleep(ms));
    turn.leave();
  };
  return { clock, lane, entered, ask, list };
}

describe("ListLane", () => {
  test("lets one in at a time, in order of asking", async () => {
    const { clock, entered, list } = setUp();
    const all = [list("a", 10, true), list("b", 10, true), list("c", 10, true)];
    await clock.advance(100);
    await Promise.all(all);
    assert.deepEqual(entered, [{ who: "a", at: 0 }, { who: "b", at: 10 }, { who: "c", at: 20 }]);
  });

  test("lets the next list in nineteen times as long after a list as that one took", async () => {
    const { clock, entered, list } = setUp();
    const all = [list("a", 1_000), list("b", 2_000), list("c", 1)];
    await clock.advance(100_000);
    await Promise.all(all);
    assert.deepEqual(entered, [{ who: "a", at: 0 }, { who: "b", at: 20_000 }, { who: "c", at: 60_000 }]);
  });

  test("does not count what a request waits for aside", async () => {
    const { clock, lane, entered, list } = setUp();
    const turn = await lane.enter(false, never);
    const asking = turn.request(async (sent, aside) => {
      await clock.sleep(10_000);
      sent();
      await clock.sleep(300);
      await aside(clock.sleep(50_000));
      await clock.sleep(200);
    });
    const next = list("next", 1);
    await clock.advance(60_500);
    await asking;
    turn.leave();
    await clock.advance(9_499);
    assert.deepEqual(entered, []);
    await clock.advance(2);
    await next;
    assert.deepEqual(entered, [{ who: "next", at: 70_000 }]);
  });

  test("keeps listing at five percent of the time, whoever asks", async () => {
    const { clock, lane } = setUp();
    const spans: { from: number; to: number }[] = [];
    let seed = 1;
    const asker = async () => {
      for (let nth = 0; nth < 20; nth++) {
        const turn = await lane.enter(false, never);
        const from = clock.monotonic();
        seed = (seed * 48_271) % 2_147_483_647;
        await turn.request(() => clock.sleep(seed % 3_000));
        spans.push({ from, to: clock.monotonic() });
        turn.leave();
      }
    };
    const all = Promise.all([asker(), asker(), asker()]);
    await clock.advance(60 * 3_000 * 20);
    await all;
    assert.equal(spans.length, 60);
    for (const [index, { from, to }] of spans.entries()) {
      const next = spans[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      assert.ok(next - to >= 19 * (to - from), `${to - from} ms were followed by ${next - to} ms of rest`);
    }
  });

  test("measures the requests that were answered, not what its user did between them", async () => {
    const { clock, entered, ask, list } = setUp();
    const turn = await ask("slow reader");
    await turn.request(() => Promise.resolve());
    await clock.advance(600_000);
    turn.leave();
    await list("next", 0);
    assert.deepEqual(entered.at(-1), { who: "next", at: 600_000 });
  });

  test("measures a request from the moment that it was sent, or sent again", async () => {
    const { clock, entered, ask, list } = setUp();
    const turn = await ask("short of a token");
    const request = turn.request(async (sent) => {
      await clock.sleep(4_000);
      sent();
      await clock.sleep(4_000);
      sent();
      await clock.sleep(100);
    });
    await clock.advance(8_100);
    await request;
    turn.leave();
    const next = list("next", 0);
    await clock.advance(19 * 100);
    await next;
    assert.deepEqual(entered.at(-1), { who: "next", at: 10_000 });
  });

  test("asks for no rest after a server that did not answer", async () => {
    const { clock, entered, ask, list } = setUp();
    const turn = await ask("black hole");
    const failing = turn.request(() => clock.sleep(30_000).then(() => Promise.reject(new Error("no answer"))));
    failing.catch(() => undefined);
    await clock.advance(30_000);
    await assert.rejects(failing, /no answer/);
    turn.leave();
    await list("next", 0);
    assert.deepEqual(entered.at(-1), { who: "next", at: 30_000 });
  });

  test("lets an urgent list in before those that wait, and before their rest", async () => {
    const { clock, entered, list } = setUp();
    const all = [list("a", 1_000), list("b", 10)];
    await clock.advance(500);
    all.push(list("c", 10), list("first", 100, true));
    await clock.advance(1_000);
    all.push(list("first too", 100, true));
    await clock.advance(60_000);
    await Promise.all(all);
    assert.deepEqual(entered, [
      { who: "a", at: 0 },
      { who: "first", at: 1_000 },
      { who: "first too", at: 1_500 },
      { who: "b", at: 20_000 },
      { who: "c", at: 20_200 },
    ]);
  });

  test("asks for no rest after an urgent list", async () => {
    const { clock, entered, list } = setUp();
    const all = [list("first", 10_000, true), list("a", 1)];
    await clock.advance(20_000);
    await Promise.all(all);
    assert.deepEqual(entered, [{ who: "first", at: 0 }, { who: "a", at: 10_000 }]);
  });

  test("forgets one who no longer waits, in the queue and in the rest", async () => {
    const { clock, entered, ask, list } = setUp();
    const stop = new AbortController();
    const first = await ask("a");
    const queued = ask("gone", false, stop.signal);
    queued.catch(() => undefined);
    await first.request(() => Promise.resolve());
    stop.abort(new Error("stop"));
    await assert.rejects(queued, /stop/);
    await assert.rejects(ask("late", false, stop.signal), /stop/);
    first.leave();

    await list("b", 0);
    const busy = list("c", 1_000);
    await clock.advance(1_000);
    await busy;
    const again = new AbortController();
    const resting = ask("resting", false, again.signal);
    resting.catch(() => undefined);
    await settle();
    again.abort(new Error("stop"));
    await assert.rejects(resting, /stop/);
    const last = list("d", 1);
    await clock.advance(20_000);
    await last;
    assert.deepEqual(entered.map(({ who }) => who), ["a", "b", "c", "d"]);
    assert.equal(clock.sleepers, 0);
  });

  test("is free when its user is aborted in the moment of entering", async () => {
    const { ask } = setUp();
    const first = await ask("a");
    const stop = new AbortController();
    const second = ask("b", false, stop.signal);
    first.leave();
    stop.abort(new Error("stop"));
    await second.then((turn) => turn.leave(), () => undefined);
    (await ask("c", true)).leave();
  });

  test("takes leaving twice for once", async () => {
    const { entered, ask } = setUp();
    const first = await ask("a", true);
    const others = [ask("b", true), ask("c", true)];
    first.leave();
    first.leave();
    await settle();
    assert.deepEqual(entered.map(({ who }) => who), ["a", "b"]);
    (await others[0])?.leave();
    (await others[1])?.leave();
  });
});
