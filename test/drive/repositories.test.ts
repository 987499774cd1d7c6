import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type JobView, viewOf } from "../../src/drive/job-view.ts";
import { Repositories } from "../../src/drive/repositories.ts";
import type { KubeObject } from "../../src/kube/types.ts";
import { FakeJobs, refused } from "../support/fake-jobs.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";

const signal = new AbortController().signal;

function open() {
  const clock = new ManualClock();
  const api = new FakeJobs(clock);
  const put = (more: object = {}) => api.put("repositories", { metadata: { namespace: "default", name: "repo", uid: "r", ...more } } as KubeObject);
  const view = (more: { action?: string; repository?: string } = {}) => viewOf(api.job("a", more)) as JobView;
  const log = new MemoryLog();
  return { clock, api, log, put, view, repositories: new Repositories(api, clock, log, 8_000) };
}

describe("Repositories.deleting()", () => {
  test("tells of a deletion that has begun", async () => {
    const { put, view, repositories } = open();
    put({ deletionTimestamp: "2026-01-01T00:00:00Z" });
    assert.equal(await repositories.deleting(view(), signal), true);
  });

  test("looks once in five seconds", async () => {
    const { clock, api, put, view, repositories } = open();
    put();
    const job = view();
    for (let nth = 0; nth < 10; nth++) assert.equal(await repositories.deleting(job, signal), false);
    assert.deepEqual(api.calls, ["GET repositories/repo"]);
    put({ deletionTimestamp: "2026-01-01T00:00:00Z" });
    await clock.advance(5_000);
    assert.equal(await repositories.deleting(job, signal), true);
  });

  test("stops nobody when the repository is not there, or cannot be read", async () => {
    const { api, view, repositories } = open();
    assert.equal(await repositories.deleting(view(), signal), false);
    api.fate = () => refused(503);
    assert.equal(await repositories.deleting(view({ repository: "other" }), signal), false);
    assert.equal(await repositories.deleting(view({ repository: "" }), signal), false);
  });

  test("asks rarely where it may not, and says so once", async () => {
    const { clock, api, log, view, repositories } = open();
    api.fate = () => refused(403, "Forbidden");
    const job = view();
    for (let nth = 0; nth < 10; nth++) {
      await repositories.deleting(job, signal);
      await clock.advance(50_000);
    }
    assert.equal(api.calls.length, 1);
    await repositories.deleting(view({ repository: "other" }), signal);
    assert.deepEqual(log.of("cannot read repositories").map(({ level }) => level), ["warn"]);
  });

  test("does not look for jobs that are there for such repositories", async () => {
    const { api, view, repositories } = open();
    for (const action of ["releaseResources", "deleteResources"]) assert.equal(await repositories.deleting(view({ action }), signal), false);
    assert.deepEqual(api.calls, []);
  });
});
