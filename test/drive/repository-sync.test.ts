// What is written to a repository's status.sync, and what becomes of a job when that cannot be: nothing.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError } from "../../src/base/errors.ts";
import { RepositorySync, type SyncTarget } from "../../src/drive/repository-sync.ts";
import type { KubeObject } from "../../src/kube/types.ts";
import { MemoryLog } from "../support/memory-log.ts";

const TARGET: SyncTarget = { namespace: "default", name: "demo-sync", uid: "u-1", repository: "demo", action: "pull", startedMs: 5_000 };
const signal = new AbortController().signal;

/** One repository behind compare-and-swap; `answers` are thrown by the next writes, in order. */
class FakeRepositories {
  version = 1;
  status: Record<string, unknown> = { health: { healthy: true }, sync: { lastRef: "abc", incremental: true } };
  writes = 0;
  reads = 0;
  readError: Error | undefined;
  readonly writeErrors: (Error | undefined)[] = [];

  getObject<T extends KubeObject>() {
    this.reads++;
    if (this.readError !== undefined) return Promise.reject(this.readError);
    const metadata = { namespace: "default", name: "demo", uid: "u", resourceVersion: String(this.version) };
    const object = structuredClone({ metadata, spec: { title: "kept" }, status: this.status }) as unknown as T;
    return Promise.resolve({ object, status: 200, serverTimeMs: undefined, sentAtMs: 0 });
  }

  replaceStatus<T extends KubeObject>(_: unknown, object: T) {
    this.writes++;
    const error = this.writeErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    assert.equal(object.metadata?.resourceVersion, String(this.version));
    this.version++;
    this.status = (object as unknown as { status: Record<string, unknown> }).status;
    const answered = structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } });
    return Promise.resolve({ object: answered, status: 200, serverTimeMs: undefined, sentAtMs: 0 });
  }

  get sync(): unknown {
    return JSON.parse(JSON.stringify(this.status["sync"]));
  }
}

function refusal(status: number, reason = ""): ApiError {
  return new ApiError(`Cannot replace: ${status}`, { status, reason });
}

function setUp(): { repositories: FakeRepositories; log: MemoryLog; sync: RepositorySync } {
  const repositories = new FakeRepositories();
  const log = new MemoryLog();
  return { repositories, log, sync: new RepositorySync(repositories, log) };
}

describe("RepositorySync", () => {
  test("writes the beginning and the end, and keeps what it does not know", async () => {
    const { repositories, sync } = setUp();
    await sync.began(TARGET, signal);
    assert.deepEqual(repositories.sync, { lastRef: "abc", incremental: true, job: "demo-sync", state: "working", started: 5_000 });
    await sync.ended(TARGET, { state: "success", finished: 9_000, message: "completed successfully" }, signal);
    assert.deepEqual(repositories.sync, { lastRef: "abc", incremental: true, job: "demo-sync", state: "success", started: 5_000, finished: 9_000 });
    assert.deepEqual(repositories.status["health"], { healthy: true });
    assert.deepEqual([repositories.reads, repositories.writes], [1, 2], "the end is written on what the beginning was answered with");
  });

  test("reads at the end what somebody else has written since, and lets it stand", async () => {
    const { repositories, sync } = setUp();
    await sync.began(TARGET, signal);
    repositories.version++;
    repositories.status = { ...repositories.status, health: { healthy: false } };
    repositories.writeErrors.push(refusal(409, "Conflict"));
    await sync.ended(TARGET, { state: "success", finished: 9_000 }, signal);
    assert.deepEqual([repositories.reads, repositories.status["health"]], [2, { healthy: false }]);
    assert.equal((repositories.sync as { state: string }).state, "success");
  });

  test("leaves to a later job what that has begun meanwhile", async () => {
    const { repositories, sync } = setUp();
    await sync.began(TARGET, signal);
    repositories.version++;
    repositories.status = { sync: { job: "demo-sync", state: "working", started: 6_000 } };
    repositories.writeErrors.push(refusal(409, "Conflict"));
    await sync.ended(TARGET, { state: "success", finished: 9_000 }, signal);
    assert.deepEqual(repositories.sync, { job: "demo-sync", state: "working", started: 6_000 });
  });

  test("holds the repository of one beginning and not after its end", async () => {
    const { repositories, sync } = setUp();
    await sync.began(TARGET, signal);
    await sync.released(TARGET, signal);
    await sync.began({ ...TARGET, startedMs: 6_000 }, signal);
    assert.equal(repositories.reads, 2);
    for (let nth = 0; nth < 100; nth++) await sync.began({ ...TARGET, uid: `other-${nth}`, startedMs: 6_000 }, signal);
    await sync.ended({ ...TARGET, startedMs: 6_000 }, { state: "success", finished: 9_000 }, signal);
    assert.equal(repositories.reads, 103);
  });

  test("says what went wrong, and that a job went back to the queue", async () => {
    const { repositories, sync } = setUp();
    await sync.ended(TARGET, { state: "error", finished: 9_000, message: "no access", errors: ["a.json: bad"] }, signal);
    assert.deepEqual((repositories.sync as { message: unknown }).message, ["no access", "a.json: bad"]);
    await sync.released(TARGET, signal);
    assert.deepEqual(repositories.sync, { lastRef: "abc", incremental: true, job: "demo-sync", state: "pending", started: 0 });
  });

  for (const action of ["push", "delete", "test"]) {
    test(`leaves a repository alone for ${action}`, async () => {
      const { repositories, sync } = setUp();
      await sync.began({ ...TARGET, action }, signal);
      assert.equal(repositories.reads, 0);
    });
  }

  test("does not touch what a later job has written", async () => {
    const { repositories, sync } = setUp();
    repositories.status = { sync: { job: "demo-sync", state: "working", started: 6_000 } };
    await sync.ended(TARGET, { state: "success", finished: 9_000 }, signal);
    assert.equal(repositories.writes, 0);
  });

  test("reads again after a conflict, and gives up after four", async () => {
    const { repositories, log, sync } = setUp();
    repositories.writeErrors.push(refusal(409, "Conflict"));
    await sync.began(TARGET, signal);
    assert.deepEqual([repositories.reads, repositories.writes], [2, 2]);
    repositories.writeErrors.push(...Array.from({ length: 4 }, () => refusal(409, "Conflict")));
    await sync.began(TARGET, signal);
    assert.equal(repositories.writes, 6);
    assert.match(log.records.at(-1)?.msg ?? "", /cannot write sync status/);
  });

  test("refused, says once for a namespace who must repair it, and does not ask again", async () => {
    const { repositories, log, sync } = setUp();
    repositories.writeErrors.push(refusal(403, "Forbidden"));
    await sync.began(TARGET, signal);
    await sync.ended(TARGET, { state: "success", finished: 9_000 }, signal);
    assert.equal(repositories.writes, 1);
    assert.equal(log.records.length, 1);
    repositories.writeErrors.push(refusal(403, "Forbidden"));
    await sync.began({ ...TARGET, namespace: "org-2" }, signal);
    assert.equal(log.records.length, 2);
  });

  test("refused to several at once, says so once", async () => {
    const { repositories, log, sync } = setUp();
    repositories.writeErrors.push(refusal(403, "Forbidden"), refusal(403, "Forbidden"));
    await Promise.all([sync.began(TARGET, signal), sync.began({ ...TARGET, name: "demo-migrate", action: "migrate" }, signal)]);
    assert.deepEqual([repositories.writes, log.records.length], [2, 1]);
  });

  test("a repository that is gone is no trouble; any other failure is told, and fails nothing", async () => {
    const { repositories, log, sync } = setUp();
    repositories.readError = refusal(404, "NotFound");
    await sync.began(TARGET, signal);
    assert.equal(log.records.length, 0);
    repositories.readError = refusal(500);
    await sync.began(TARGET, signal);
    assert.equal(log.records.length, 1);
  });

  test("ends with the signal", async () => {
    const { repositories, sync } = setUp();
    repositories.readError = new Error("aborted");
    await assert.rejects(sync.began(TARGET, AbortSignal.abort(new Error("stopped"))), { message: "stopped" });
  });
});
