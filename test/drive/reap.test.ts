import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { claimed, type JobView, viewOf, withStatus } from "../../src/drive/job-view.ts";
import { type Reap, reapObject, reapOf, rollbackOf } from "../../src/drive/reap.ts";
import type { Job } from "../../src/provisioning.ts";

const SEED = 20260301;

const JOB: Job = claimed(
  { metadata: { namespace: "n", name: "j", uid: "u", resourceVersion: "7" }, spec: { action: "pull", repository: "r" }, status: { state: "working", progress: 10 } },
  { owner: "other", nowMs: 1 },
);
const VIEW = viewOf(JOB) as JobView;
const CLAIM = { owner: "me", nowMs: 2 };

describe("reapOf()", () => {
  const rows: [what: string, view: Partial<JobView>, onExpired: "requeue" | "fail", reap: Reap][] = [
    ["attempts left", { spent: 4 }, "requeue", "requeue"],
    ["attempts used up", { spent: 5 }, "requeue", "fail"],
    ["many attempts, most of them given back", { attempt: 40, spent: 1 }, "requeue", "requeue"],
    ["attempts left, but to be failed", { spent: 1 }, "fail", "fail"],
    ["a result", { finished: true, spent: 1 }, "requeue", "archive"],
    ["a result, attempts used up", { finished: true, spent: 9 }, "fail", "archive"],
  ];
  for (const [what, view, onExpired, reap] of rows) {
    test(`${what}: ${reap}`, () => assert.equal(reapOf({ ...VIEW, ...view }, { onExpired, maxAttempts: 5 }), reap));
  }

  test("never puts a result back, whatever else is true", () => {
    const anything = fc.record({ attempt: fc.nat(), spent: fc.nat(), state: fc.string(), claim: fc.string(), owner: fc.string() });
    fc.assert(fc.property(anything, fc.constantFrom("requeue", "fail"), fc.nat(), (view, onExpired, maxAttempts) => {
      assert.equal(reapOf({ ...VIEW, ...view, finished: true }, { onExpired, maxAttempts }), "archive");
    }), { seed: SEED });
  });
});

describe("reapObject()", () => {
  test("frees a job that is put back, at the version that was seen", () => {
    const view = viewOf(reapObject(JOB, "requeue", CLAIM));
    assert.deepEqual([view?.version, view?.claim, view?.owner, view?.state, view?.attempt], ["7", "", "", "pending", 1]);
  });

  for (const reap of ["fail", "archive"] as const) {
    test(`takes the claim over to ${reap}, and changes nothing else`, () => {
      const object = reapObject(JOB, reap, CLAIM);
      const view = viewOf(object);
      assert.deepEqual([view?.version, view?.owner, view?.attempt], ["7", "me", 1]);
      assert.deepEqual(object.status, JOB.status);
    });
  }
});

describe("rollbackOf()", () => {
  const rows: [what: string, view: Partial<JobView>, answer: "release" | "leave"][] = [
    ["ours", {}, "release"],
    ["ours, with a result", { finished: true }, "leave"],
    ["another owner's", { owner: "me" }, "leave"],
    ["another job of the name", { uid: "v" }, "leave"],
    ["unclaimed, our owner left over", { claim: "" }, "leave"],
  ];
  for (const [what, view, answer] of rows) {
    test(`${what}: ${answer}`, () => assert.equal(rollbackOf({ ...VIEW, ...view }, "u", "other"), answer));
  }

  test("leaves a job with its result, as the object tells it", () => {
    const done = viewOf(withStatus(JOB, { state: "success", finished: 9 })) as JobView;
    assert.equal(rollbackOf(done, "u", "other"), "leave");
  });
});
