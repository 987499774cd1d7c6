import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, NetworkError } from "../../src/base/errors.ts";
import { ListLane } from "../../src/kube/list-lane.ts";
import { watchObjects } from "../../src/kube/watch.ts";
import type { Fact } from "../../src/kube/watch-state.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { job } from "../support/objects.ts";
import { ScriptedApi } from "../support/scripted-api.ts";

const SEED = 20260301;
const RUNS = 2_000;

function act(api: ScriptedApi, what: number, arg: number): void {
  const list = api.lists.at(-1 - (arg % 2));
  const watch = api.watches.at(-1);
  const error = [new NetworkError("lost", "closed"), new ApiError("oops", { status: 500 }), new ApiError("too old", { status: 410 })][arg % 3];
  if (what < 30) list?.answer([job("a", "1"), job("b", String(arg))], { continue: arg % 4 === 0 ? `t${api.lists.length}` : undefined });
  else if (what < 35) list?.fail(error);
  else if (what < 60) watch?.open();
  else if (what < 65) watch?.refuse(error);
  else if (what < 85) watch?.send({ type: (["ADDED", "MODIFIED", "DELETED"] as const)[arg % 3] ?? "ADDED", object: job("a", String(arg % 7), String(arg)) });
  else if (what < 90) watch?.end(arg % 2 === 0 ? undefined : error);
  else watch?.send({ type: "ERROR", object: { kind: "Status", code: arg % 2 === 0 ? 410 : 500 } });
}

/** The driver through these choices, then stopped in the middle of it. */
async function run(choices: readonly number[], leave: boolean): Promise<void> {
  const clock = new ManualClock();
  const lane = new ListLane(clock);
  const api = new ScriptedApi();
  const stop = new AbortController();
  const reason = new Error("stop");
  let facts = 0;
  let slow = false;
  let resume = () => {};
  const watch = watchObjects({ api, collection: { resource: "jobs" }, lane, clock, random: () => 0.5, resyncMs: 60_000 }, stop.signal);
  const ended = (async (): Promise<unknown> => {
    try {
      for await (const batch of watch as AsyncIterable<Fact[]>) {
        facts += batch.length;
        if (slow) await new Promise<void>((resolve) => (resume = resolve));
        if (leave && facts > 20) return reason;
      }
      return "ended by itself";
    } catch (error) {
      return error;
    }
  })();
  for (const choice of choices) {
    const what = choice % 100;
    const arg = Math.floor(choice / 100);
    if (arg % 5 === 0) await clock.advance(what < 50 ? arg % 2_000 : arg % 300_000);
    else act(api, what, arg);
    slow = arg % 11 === 0;
    if (!slow) resume();
    if (arg % 3 !== 0) await settle();
    const streams = api.watches.filter((each) => !each.over && !each.signal.aborted).length;
    assert.ok(streams <= 1, `${streams} streams at once`);
  }
  stop.abort(reason);
  slow = false;
  const [calls, told] = [api.calls.length, facts];
  resume();
  assert.equal(await ended, reason);
  await clock.advance(3_600_000);
  assert.equal(api.calls.length, calls, "asked for something after the stop");
  assert.equal(facts, told, "told something after the stop");
  assert.equal(api.late, 0);
  assert.ok(api.mostListing <= 1, "lists side by side");
  assert.equal(api.listing, 0);
  assert.ok(api.watches.every((each) => each.over || each.signal.aborted), "left a stream open");
  assert.equal(clock.sleepers, 0, "left a timer");
  (await lane.enter(true, AbortSignal.abort(reason)).catch(() => lane.enter(true, new AbortController().signal))).leave();
}

describe("watchObjects(), whatever answers and whenever it is stopped", () => {
  test(`has one stream and one list at most, and nothing after the stop (${RUNS} runs, seed ${SEED})`, { timeout: 120_000 }, async () => {
    const choices = fc.array(fc.nat({ max: 100 * 65_536 - 1 }), { maxLength: 60, size: "max" });
    await fc.assert(fc.asyncProperty(choices, fc.boolean(), run), { seed: SEED, numRuns: RUNS });
  });
});
