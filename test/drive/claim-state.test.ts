import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { claimable, type ClaimInput, type ClaimState, claimStep, courseOf } from "../../src/drive/claim-state.ts";
import type { JobView } from "../../src/drive/job-view.ts";

const SEED = 20260301;

const SETTLE = 2_000;
const US = { uid: "u", owner: "me" };
const PUTTING: ClaimState = { kind: "putting", ...US, baseVersion: "7" };
const READING: ClaimState & { kind: "reading" } = { kind: "reading", ...US, baseVersion: "7", sentMs: 100, untilMs: 2_300, reads: 0 };
const OWNED: ClaimState = { kind: "owned", ...US, sentMs: 100 };
const LOST: ClaimState = { kind: "lost" };

const MINE: JobView = {
  namespace: "n",
  name: "j",
  uid: "u",
  version: "8",
  claim: "1",
  owner: "me",
  attempt: 1,
  spent: 1,
  finished: false,
  finishedMs: 0,
  state: "",
  deleting: false,
  action: "pull",
  repository: "r",
};
const FREE: JobView = { ...MINE, version: "7", claim: "", owner: "", attempt: 0, spent: 0 };

describe("claimable()", () => {
  const rows: [what: string, view: JobView, serves: boolean, answer: boolean][] = [
    ["unclaimed, with a worker", FREE, true, true],
    ["unclaimed, without a worker", FREE, false, false],
    ["with its result, without a worker", { ...FREE, finished: true }, false, true],
    ["claimed", { ...FREE, claim: "1" }, true, false],
    ["claimed by who writes no owner", { ...FREE, claim: "1", owner: "" }, true, false],
    ["unclaimed, an owner left over", { ...FREE, owner: "other" }, true, true],
    ["being deleted", { ...FREE, deleting: true }, true, false],
  ];
  for (const [what, view, serves, answer] of rows) {
    test(`${what}: ${answer}`, () => assert.equal(claimable(view, (action) => serves && action === "pull"), answer));
  }
});

describe("courseOf()", () => {
  test("archives what has its result, however often it was begun", () => assert.equal(courseOf({ ...FREE, finished: true, spent: 9 }, 5), "archive"));
  test("runs while an attempt is left", () => assert.equal(courseOf({ ...FREE, attempt: 9, spent: 4 }, 5), "run"));
  test("fails when none is left", () => assert.equal(courseOf({ ...FREE, attempt: 5, spent: 5 }, 5), "fail"));
});

describe("claimStep()", () => {
  const put = (answer: (ClaimInput & { kind: "put" })["answer"], nowMs = 300): ClaimInput => ({ kind: "put", answer, sentMs: 100, nowMs });
  const read = (view: JobView | undefined): ClaimInput => ({ kind: "read", view, nowMs: 2_500 });
  const again = (reads: number): ClaimState => ({ ...READING, reads, untilMs: 2_700 });
  const rows: [what: string, from: ClaimState, input: ClaimInput, settleMs: number, to: ClaimState][] = [
    ["putting, written, nothing to settle", PUTTING, put("written"), 0, OWNED],
    ["putting, written", PUTTING, put("written"), SETTLE, READING],
    ["putting, conflict, which may be an echo", PUTTING, put("conflict"), 0, { ...READING, untilMs: 300 }],
    ["putting, unknown, which may still land", PUTTING, put("unknown"), SETTLE, { ...READING, untilMs: 4_100 }],
    ["putting, unknown, after long", PUTTING, put("unknown", 9_000), SETTLE, { ...READING, untilMs: 11_000 }],
    ["putting, gone", PUTTING, put("gone"), SETTLE, LOST],
    ["putting, unsent", PUTTING, put("unsent"), SETTLE, LOST],
    ["putting, denied, if it is no echo", PUTTING, put("denied"), SETTLE, { kind: "unclear", ...US }],
    ["putting, a read that nobody asked for", PUTTING, read(MINE), SETTLE, PUTTING],
    ["reading, ours", READING, read(MINE), SETTLE, OWNED],
    ["reading, no such job", READING, read(undefined), SETTLE, LOST],
    ["reading, another uid with our owner", READING, read({ ...MINE, uid: "v" }), SETTLE, LOST],
    ["reading, another owner", READING, read({ ...MINE, owner: "other" }), SETTLE, LOST],
    ["reading, our owner left over", READING, read({ ...MINE, claim: "" }), SETTLE, LOST],
    ["reading, as before our PUT", READING, read(FREE), SETTLE, again(1)],
    ["reading, no answer", READING, { kind: "read-failed", nowMs: 2_500 }, SETTLE, again(1)],
    ["reading, as before our PUT, the third time", { ...READING, reads: 2 }, read(FREE), SETTLE, { kind: "unclear", ...US }],
    ["reading, unclaimed at another version", READING, read({ ...FREE, version: "9" }), SETTLE, LOST],
    ["reading, an answer to the PUT", READING, put("written"), SETTLE, READING],
  ];
  for (const [what, from, input, settleMs, to] of rows) {
    test(`${what}: ${to.kind}`, () => assert.deepEqual(claimStep(from, input, settleMs), to));
  }

  test("never leaves owned, lost or unclear", () => {
    const ends = fc.constantFrom<ClaimState>(OWNED, LOST, { kind: "unclear", ...US });
    fc.assert(fc.property(ends, fc.array(fc.constantFrom(...rows.map(([, , input]) => input)), { maxLength: 12 }), (end, inputs) => {
      assert.deepEqual(inputs.reduce<ClaimState>((state, input) => claimStep(state, input, SETTLE), end), end);
    }), { seed: SEED });
  });

  test("owns nothing that no answer and no read has shown to be ours", () => {
    const inputs = rows.map(([, , input]) => input).filter((input) => input.kind !== "read" || input.view !== MINE);
    fc.assert(fc.property(fc.array(fc.constantFrom(...inputs), { maxLength: 12 }), (some) => {
      assert.notEqual(some.reduce<ClaimState>((state, input) => claimStep(state, input, SETTLE), PUTTING).kind, "owned");
    }), { seed: SEED });
  });
});
