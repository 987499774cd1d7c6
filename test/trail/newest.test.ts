import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { type FinishedJob, finishedJob } from "../../src/trail/finished-job.ts";
import { Newest } from "../../src/trail/newest.ts";

function ended(record: string, finishedMs: number | undefined): FinishedJob {
  return { ...finishedJob({ metadata: { name: record } }), finishedMs };
}

function names(jobs: readonly FinishedJob[]): string[] {
  return jobs.map(({ record }) => record);
}

describe("Newest", () => {
  test("gives those that ended together by namespace, then by name", () => {
    const newest = new Newest(10);
    for (const [namespace, name] of [["b", "x"], ["a", "z"], ["a", "y"]]) newest.add({ ...ended(name ?? "", 1), namespace: namespace ?? "" });
    assert.deepEqual(newest.jobs.map((job) => `${job.namespace}/${job.record}`), ["a/y", "a/z", "b/x"]);
  });

  test("gives the newest first, by name where they ended together, and last where that is unknown", () => {
    const newest = new Newest(10);
    for (const job of [ended("old", 1), ended("unknown-b", undefined), ended("b", 5), ended("unknown-a", undefined), ended("a", 5), ended("new", 9)]) newest.add(job);
    assert.deepEqual(names(newest.jobs), ["new", "a", "b", "old", "unknown-a", "unknown-b"]);
  });
});
