// A run of checks: verdicts of what they throw, limits, order, and cleaning that changes no verdict.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Check, Refuted, Unfit } from "../../src/verify/check.ts";
import type { Place } from "../../src/verify/place.ts";
import { CHECK_LIMIT_MS, runChecks, type RunOptions } from "../../src/verify/run-checks.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { checkOf } from "./reports/sample.ts";

const place = () => ({ observed: {} }) as unknown as Place;
const never = () => new Promise<never>(() => {});

function optionsOf(parts: Partial<RunOptions> = {}): RunOptions & { clock: ManualClock } {
  const clock = new ManualClock();
  return {
    signal: new AbortController().signal, lanes: 4, unfit: () => undefined, placeFor: place, leave: () => Promise.resolve([]), clean: (text) => text, ...parts, clock,
  };
}

const verdicts = async (checks: Check[], parts: Partial<RunOptions> = {}) => {
  const { results, left } = await runChecks(checks, optionsOf(parts));
  return { verdicts: results.map(({ verdict, seen }) => [verdict, seen]), left };
};
const throwing = (error: unknown, parts: Partial<Check> = {}) => checkOf("LIST-001", { run: () => Promise.reject(error), ...parts });

describe("runChecks()", () => {
  const rows: readonly [string, Check, string[]][] = [
    ["a check that comes to its end holds", checkOf("LIST-001"), ["pass", ""]],
    ["Refuted is a failure", throwing(new Refuted("two came")), ["fail", "two came"]],
    ["Unfit is a skip", throwing(new Unfit("no second token")), ["skip", "no second token"]],
    ["anything else is not decided", throwing(new TypeError("a bug")), ["error", "a bug"]],
    ["what is thrown at once is not decided, either", checkOf("LIST-001", { run: () => { throw new TypeError("at once"); } }), ["error", "at once"]],
  ];
  for (const [what, check, expected] of rows) {
    test(what, async () => assert.deepEqual(await verdicts([check]), { verdicts: [expected], left: [] }));
  }

  test("a check that hangs is not decided after its limit, and is left after that", async () => {
    const left: string[] = [];
    const options = optionsOf({ leave: async () => (left.push("left"), []) });
    const running = runChecks([checkOf("LIST-001", { run: never }), checkOf("LIST-002", { run: never, limitMs: CHECK_LIMIT_MS * 2 })], options);
    await options.clock.advance(CHECK_LIMIT_MS);
    assert.deepEqual(left, ["left"]);
    await options.clock.advance(CHECK_LIMIT_MS);
    assert.deepEqual((await running).results.map(({ verdict, seen }) => [verdict, seen]), [["error", "not decided within 20s"], ["error", "not decided within 40s"]]);
  });

  test("the signal ends what runs and lets nothing begin", async () => {
    const stop = new AbortController();
    const stopping = checkOf("LIST-001", { run: () => { stop.abort(new Error("stopped")); return never(); } });
    const after = checkOf("LIST-002", { run: () => assert.fail("it began") });
    assert.deepEqual((await verdicts([stopping, after], { signal: stop.signal, lanes: 1 })).verdicts, [["error", "stopped"], ["error", "not tried: stopped"]]);
  });

  test("says where it is as each check begins", async () => {
    const steps: unknown[] = [];
    const checks = [throwing(new Refuted("no")), checkOf("LIST-002", { alone: true }), throwing(new Refuted("no"), { id: "LIST-003" })];
    await verdicts(checks, { lanes: 1, onStep: ({ check, all, done, failed }) => steps.push([check.id, all, done, failed]) });
    assert.deepEqual(steps, [["LIST-001", 3, 0, 0], ["LIST-003", 3, 1, 1], ["LIST-002", 3, 2, 2]]);
  });

  test("what is not fit here is skipped and given no place", async () => {
    const { verdicts: given } = await verdicts([checkOf("LIST-001")], { unfit: () => "plain http", placeFor: () => assert.fail("a place") });
    assert.deepEqual(given, [["skip", "plain http"]]);
  });

  test("cleaning that stays behind, fails or throws changes no verdict, and is told", async () => {
    const checks = [checkOf("LIST-001"), throwing(new Refuted("seen"), { id: "LIST-002" })];
    const stays = await verdicts(checks, { lanes: 1, leave: () => Promise.resolve(["jobs/a (403)"]) });
    assert.deepEqual(stays, { verdicts: [["pass", ""], ["fail", "seen"]], left: ["jobs/a (403)", "jobs/a (403)"] });
    const throws = await verdicts(checks, { lanes: 1, leave: () => Promise.reject(new Error("gone")) });
    assert.deepEqual(throws, { verdicts: [["pass", ""], ["fail", "seen"]], left: ["something of LIST-001 (gone)", "something of LIST-002 (gone)"] });
  });

  test("so many run at a time as there are lanes, and what loads the server runs alone, last", async () => {
    let [running, most] = [0, 0];
    const order: string[] = [];
    const tracked = (id: Check["id"], parts: Partial<Check> = {}) => checkOf(id, {
      ...parts,
      async run() {
        most = Math.max(most, ++running);
        if (parts.alone === true) assert.equal(running, 1);
        await Promise.resolve();
        order.push(id);
        running--;
      },
    });
    const checks = [tracked("LIST-001", { alone: true }), tracked("LIST-002"), tracked("LIST-003"), tracked("LIST-004")];
    const { results } = await runChecks(checks, optionsOf({ lanes: 2 }));
    assert.deepEqual([most, order.toSorted(), order.at(-1)], [2, checks.map(({ id }) => id), "LIST-001"]);
    assert.deepEqual(results.map(({ check, verdict }) => [check.id, verdict]), checks.map(({ id }) => [id, "pass"]));
  });

  test("a failure keeps its evidence and what was noted, cleaned; a pass keeps no evidence", async () => {
    const exchange = { request: "GET a", answer: "200", headers: {}, body: "b", ms: 1 };
    const options = optionsOf({
      clean: (text) => text.replaceAll("secret", "***"),
      placeFor: (_check, _signal, evidence) => (evidence.push(exchange), { observed: { page: "secret 5" } } as unknown as Place),
    });
    const { results } = await runChecks([checkOf("LIST-001"), throwing(new Refuted("a secret"))], options);
    assert.deepEqual(results.map(({ evidence, observed, seen }) => [evidence, observed, seen]), [[[], { page: "*** 5" }, ""], [[exchange], { page: "*** 5" }, "a ***"]]);
  });
});
