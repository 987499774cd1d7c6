import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { JobView } from "../../src/drive/job-view.ts";
import { holds, isOldRead, type Lease, type LeaseInput, leaseOf, leaseStep, type Loss, mayWrite } from "../../src/drive/lease-state.ts";

const SEED = 20260301;

const RULES = { validityMs: 25_000, renewalMs: 8_000, settleMs: 2_000 };
const LEASE = leaseOf("u", "me", 1_000, RULES);

const MINE: JobView = {
  namespace: "n",
  name: "j",
  uid: "u",
  version: "7",
  claim: "1",
  owner: "me",
  attempt: 2,
  spent: 2,
  finished: false,
  finishedMs: 0,
  state: "working",
  deleting: false,
  action: "pull",
  repository: "r",
};

describe("leaseOf()", () => {
  test("counts validity and renewal from the sending", () => {
    assert.deepEqual(LEASE, { uid: "u", owner: "me", validUntilMs: 26_000, renewAtMs: 9_000, quietUntilMs: 1_000, failures: 0, stale: false, lost: undefined });
  });
});

describe("leaseStep()", () => {
  const rows: { when: string; input: LeaseInput; from?: Partial<Lease>; becomes: Partial<Lease> }[] = [
    { when: "written", input: { kind: "written", sentMs: 5_000 }, from: { failures: 2, stale: true }, becomes: { validUntilMs: 30_000, renewAtMs: 13_000, failures: 0, stale: false } },
    { when: "written, overtaken by a later one", input: { kind: "written", sentMs: 500 }, becomes: { validUntilMs: 26_000, renewAtMs: 9_000 } },
    { when: "conflict", input: { kind: "conflict" }, from: { failures: 1 }, becomes: { stale: true, failures: 1, lost: undefined } },
    { when: "unanswered renewal", input: { kind: "unanswered", sentMs: 5_000, renewal: true }, becomes: { stale: true, quietUntilMs: 7_000, failures: 1 } },
    { when: "unanswered, no renewal", input: { kind: "unanswered", sentMs: 5_000, renewal: false }, becomes: { stale: true, quietUntilMs: 7_000, failures: 0 } },
    { when: "unanswered, an earlier one", input: { kind: "unanswered", sentMs: 5_000, renewal: false }, from: { quietUntilMs: 9_000 }, becomes: { stale: true, quietUntilMs: 9_000 } },
    { when: "third unanswered renewal", input: { kind: "unanswered", sentMs: 5_000, renewal: true }, from: { failures: 2 }, becomes: { stale: true, quietUntilMs: 7_000, failures: 3, lost: "failing" } },
    { when: "first failure", input: { kind: "failed" }, becomes: { failures: 1, stale: false, lost: undefined } },
    { when: "third failure", input: { kind: "failed" }, from: { failures: 2 }, becomes: { failures: 3, lost: "failing" } },
    { when: "read, ours", input: { kind: "read", view: MINE }, from: { stale: true, failures: 1 }, becomes: { stale: false, failures: 1, lost: undefined } },
    { when: "read, no such job", input: { kind: "read", view: undefined }, becomes: { lost: "gone" } },
    { when: "read, another uid", input: { kind: "read", view: { ...MINE, uid: "v" } }, becomes: { lost: "replaced" } },
    { when: "read, unclaimed with our owner left over", input: { kind: "read", view: { ...MINE, claim: "" } }, becomes: { lost: "released" } },
    { when: "read, another owner", input: { kind: "read", view: { ...MINE, owner: "other" } }, becomes: { lost: "taken" } },
    { when: "read, an owner who writes no name", input: { kind: "read", view: { ...MINE, owner: "" } }, becomes: { lost: "taken" } },
    { when: "time", input: { kind: "time" }, becomes: {} },
  ];
  for (const { when, input, from = {}, becomes } of rows) {
    test(`${when}: ${JSON.stringify(becomes)}`, () => {
      const before = { ...LEASE, ...from };
      assert.deepEqual(leaseStep(before, input, 6_000, RULES), { ...before, ...becomes });
    });
    test(`${when}, at the end of the validity: expired, and nothing else`, () => {
      const before = { ...LEASE, ...from };
      assert.deepEqual(leaseStep(before, input, 26_000, RULES), { ...before, lost: "expired" });
    });
  }

  test("never finds a lost lease again, nor another reason", () => {
    const losses = fc.constantFrom<Loss>("expired", "gone", "replaced", "taken", "released", "failing");
    const inputs = fc.array(fc.record({ row: fc.nat({ max: rows.length - 1 }), nowMs: fc.integer({ min: 0, max: 60_000 }) }), { maxLength: 20 });
    fc.assert(fc.property(losses, inputs, (lost, steps) => {
      const before = { ...LEASE, lost };
      const after = steps.reduce((lease, { row, nowMs }) => leaseStep(lease, rows[row]!.input, nowMs, RULES), before as Lease);
      assert.deepEqual(after, before);
      assert.equal(holds(after, 0), false);
      assert.equal(mayWrite(after, 30_000), false);
    }), { seed: SEED });
  });

  test("holds no longer than the validity after the latest sending that was answered", () => {
    const inputs = fc.array(fc.record({ row: fc.nat({ max: rows.length - 1 }), afterMs: fc.integer({ min: 0, max: 12_000 }) }), { maxLength: 30 });
    fc.assert(fc.property(inputs, (steps) => {
      let lease = LEASE;
      let nowMs = 1_000;
      let sentMs = 1_000;
      for (const { row, afterMs } of steps) {
        nowMs += afterMs;
        const { input } = rows[row]!;
        const late = nowMs >= lease.validUntilMs;
        lease = leaseStep(lease, input.kind === "written" ? { ...input, sentMs: nowMs - 100 } : input, nowMs, RULES);
        if (input.kind === "written" && !late && lease.lost === undefined) sentMs = Math.max(sentMs, nowMs - 100);
        assert.ok(lease.validUntilMs <= sentMs + RULES.validityMs);
        if (holds(lease, nowMs)) assert.ok(nowMs < sentMs + RULES.validityMs);
      }
    }), { seed: SEED });
  });
});

describe("holds() and mayWrite()", () => {
  test("end with the validity", () => {
    assert.deepEqual([holds(LEASE, 25_999), holds(LEASE, 26_000)], [true, false]);
    assert.deepEqual([mayWrite(LEASE, 25_999), mayWrite(LEASE, 26_000)], [true, false]);
  });

  test("differ while a write without answer may still land", () => {
    const quiet = { ...LEASE, quietUntilMs: 7_000 };
    assert.deepEqual([holds(quiet, 6_999), mayWrite(quiet, 6_999), mayWrite(quiet, 7_000)], [true, false, true]);
  });
});

describe("isOldRead()", () => {
  const done: JobView = { ...MINE, state: "success", finished: true, finishedMs: 42 };
  const rows: [what: string, view: JobView, mine: JobView, old: boolean][] = [
    ["the same object", MINE, MINE, false],
    ["an attempt before ours", { ...MINE, attempt: 1 }, MINE, true],
    ["without our result", MINE, done, true],
    ["with our result", { ...done, version: "8" }, done, false],
    ["another owner", { ...MINE, owner: "other" }, done, false],
    ["unclaimed", { ...MINE, claim: "" }, done, false],
    ["another uid", { ...MINE, uid: "v" }, done, false],
  ];
  for (const [what, view, mine, old] of rows) {
    test(`${what}: ${old ? "older than what we have written" : "to be taken as it is"}`, () => assert.equal(isOldRead(view, mine), old));
  }
});
