// Finished jobs in any number and order, against sorting all of them.

import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { finishedJob } from "../../src/trail/finished-job.ts";
import { Newest } from "../../src/trail/newest.ts";

const times = fc.array(fc.option(fc.nat(50), { nil: undefined }), { maxLength: 800 });

describe("Newest", () => {
  test("keeps of any number the newest, whatever their order", () => {
    fc.assert(fc.property(times, fc.integer({ min: 1, max: 20 }), (ended, limit) => {
      const all = ended.map((finishedMs, at) => ({ ...finishedJob({ metadata: { name: `job-${String(at).padStart(3, "0")}` } }), finishedMs }));
      const newest = new Newest(limit);
      for (const job of all) newest.add(job);
      const sorted = all.toSorted((a, b) => (b.finishedMs ?? -1) - (a.finishedMs ?? -1) || (a.record < b.record ? -1 : 1));
      assert.deepEqual(newest.jobs.map(({ record }) => record), sorted.slice(0, limit).map(({ record }) => record));
    }));
  });
});
