import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { viewOf } from "../../src/drive/job-view.ts";
import { ToldJobs } from "../../src/drive/told-jobs.ts";
import type { Job } from "../../src/provisioning.ts";

function jobOf(name: string, more: object = {}): Job {
  return { kind: "Job", apiVersion: "v1", metadata: { namespace: "n", name, uid: name, resourceVersion: "1" }, ...more };
}

function tell(told: ToldJobs, job: Job, key = "k"): void {
  told.tell(key, job, viewOf(job) ?? assert.fail());
}

describe("ToldJobs", () => {
  test("gives what was told last, once", () => {
    const told = new ToldJobs();
    tell(told, jobOf("old"));
    tell(told, jobOf("new"));
    assert.deepEqual(told.take("k"), { job: jobOf("new"), view: viewOf(jobOf("new")) });
    assert.equal(told.take("k"), undefined);
  });

  test("forgets", () => {
    const told = new ToldJobs();
    tell(told, jobOf("a"));
    told.forget("k");
    told.forget("k");
    assert.equal(told.take("k"), undefined);
  });

  const HELD: [what: string, status: unknown][] = [
    ["what JSON holds", { text: "é", none: null, yes: true, list: [1, -2, 0.25, 1e-7], deep: [{ a: [] }] }],
    ["the largest number that is whole here", { at: Number.MAX_SAFE_INTEGER }],
  ];
  for (const [what, status] of HELD) {
    test(`holds ${what}`, () => {
      const told = new ToldJobs();
      tell(told, jobOf("a", { status }));
      assert.notEqual(told.take("k"), undefined);
    });
  }

  const LEFT: [what: string, more: object][] = [
    ["a number that has lost digits on its way", { spec: { deep: [{ at: 2 ** 53 }] } }],
    ["a number that is none here", { spec: { at: Number.POSITIVE_INFINITY } }],
    ["no kind, as items of some lists", { kind: undefined }],
    ["no apiVersion", { apiVersion: undefined }],
    ["more than there is room for", { spec: { text: "x".repeat(3 * 1024 * 1024) } }],
  ];
  for (const [what, more] of LEFT) {
    test(`does not hold a job with ${what}, nor what was told before`, () => {
      const told = new ToldJobs();
      tell(told, jobOf("a"));
      tell(told, jobOf("a", more));
      assert.equal(told.take("k"), undefined);
    });
  }

  test("holds some megabytes of a queue however long, those that come first, and has room again once they are taken", () => {
    const told = new ToldJobs();
    const text = "x".repeat(10_000);
    const fill = (from: number) => {
      for (let nth = from; nth < from + 1_000; nth++) tell(told, jobOf("a", { spec: { text } }), `k${nth}`);
    };
    const count = (from: number) => Array.from({ length: 1_000 }, (_, nth) => told.take(`k${from + nth}`)).filter((read) => read !== undefined).length;
    fill(0);
    fill(1_000);
    const held = count(0);
    assert.ok(held > 150 && held < 250, String(held));
    assert.equal(count(1_000), 0);
    fill(2_000);
    assert.equal(count(2_000), held);
  });
});
