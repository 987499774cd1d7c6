import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError } from "../../src/base/errors.ts";
import type { Api } from "../../src/kube/api.ts";
import { meteredApi } from "../../src/kube/api-meter.ts";
import type { ObjectAnswer } from "../../src/kube/api-objects.ts";
import type { ListPage } from "../../src/kube/types.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { page } from "../support/objects.ts";

const JOBS = { resource: "jobs" } as const;
const TARGET = { namespace: "default", name: "a", uid: "1" };
const ANSWER: ObjectAnswer = { object: {}, status: 200, serverTimeMs: undefined, sentAtMs: 0 };
const never = new AbortController().signal;

function setUp() {
  const clock = new ManualClock(Date.parse("2026-03-01T10:00:00Z"));
  const counts = new MemoryCount();
  let answer: (onSend?: () => void) => Promise<ListPage> = async () => page([]);
  let deleted: () => Promise<void> = async () => {};
  let object: () => Promise<ObjectAnswer> = async () => ANSWER;
  const bare = {
    listPage: (_collection: unknown, _query: unknown, _signal: unknown, onSend?: () => void) => answer(onSend),
    openWatch: () => Promise.reject(new Error("not here")),
    deleteObject: () => deleted(),
    getObject: () => object(),
    createObject: () => object(),
    replaceObject: () => object(),
    replaceStatus: () => object(),
    firstAnswerMs: 42,
  } as unknown as Api;
  const api = meteredApi(bare, counts.count, clock);
  return {
    api,
    bare,
    clock,
    counts,
    list(next: ListPage | Error | typeof answer = page([]), more: { continue?: string } = {}) {
      answer = typeof next === "function" ? next : async () => (next instanceof Error ? Promise.reject(next) : next);
      return api.listPage(JOBS, { limit: 1, ...more }, never);
    },
    delete(error?: Error, resource: "jobs" | "historicjobs" = "historicjobs") {
      deleted = async () => {
        if (error !== undefined) throw error;
      };
      return api.deleteObject({ resource }, TARGET, never);
    },
    answer(next: ObjectAnswer | Error) {
      object = async () => (next instanceof Error ? Promise.reject(next) : next);
    },
  };
}

describe("meteredApi()", () => {
  test("gives the pages and errors of the api as they are", async () => {
    const { api, list } = setUp();
    const got = page([], { continue: "t" });
    assert.equal(await list(got), got);
    const error = new ApiError("no", { status: 500 });
    await assert.rejects(list(error), (thrown) => thrown === error);
    assert.equal(api.firstAnswerMs, 42);
  });

  test("lends watches as they are", () => {
    const { api, bare } = setUp();
    assert.equal(api.openWatch, bare.openWatch);
  });

  const failures: [string, Error, string[]][] = [
    ["410", new ApiError("no", { status: 410 }), ["page-failed jobs,expired"]],
    ["429 that says when", new ApiError("no", { status: 429, retryAfterMs: 0 }), ["page-failed jobs,throttled", "asked-to-wait list"]],
    ["503 that does not", new ApiError("no", { status: 503 }), ["page-failed jobs,server-error"]],
    ["HTML", new ProtocolError("no", { reason: "not-json" }), ["page-failed jobs,not-json"]],
    ["a body that breaks off", new NetworkError("no", "cut"), ["page-failed jobs,cut"]],
    ["a bug", new TypeError("no"), ["page-failed jobs,unexpected"]],
  ];
  for (const [what, error, expected] of failures) {
    test(`counts ${what} as ${expected.join(" and ")}`, async () => {
      const { counts, list } = setUp();
      await assert.rejects(list(error));
      assert.deepEqual(counts.take(), expected);
    });
  }

  test("counts pages, and a token that comes twice", async () => {
    const { counts, list } = setUp();
    await list(page([], { continue: "t1" }));
    await list(page([], { continue: "t2" }), { continue: "t1" });
    assert.deepEqual(counts.take(), ["page jobs 2"]);
    await list(page([], { continue: "t2" }), { continue: "t2" });
    assert.deepEqual(counts.take(), ["page jobs", "page-failed jobs,repeated-token"]);
  });

  test("counts a page that took longer than three seconds from its sending on", async () => {
    const { counts, clock, list } = setUp();
    const slow = (waitMs: number, bodyMs: number) => async (onSend?: () => void) => {
      await clock.advance(waitMs);
      onSend?.();
      await clock.advance(bodyMs);
      return page([]);
    };
    await list(slow(60_000, 3_000));
    assert.deepEqual(counts.take(), ["page jobs"]);
    await list(slow(0, 3_001));
    assert.deepEqual(counts.take(), ["page jobs", "page-slow jobs"]);
  });

  test("tells whoever asked of the sending, too", async () => {
    const { api, list } = setUp();
    await list(async (onSend) => {
      onSend?.();
      return page([]);
    });
    let told = 0;
    await api.listPage(JOBS, { limit: 1 }, never, () => told++);
    assert.equal(told, 1);
  });

  test("counts no abort", async () => {
    const { api, counts, list } = setUp();
    const stop = new AbortController();
    const reason = new Error("stopped");
    stop.abort(reason);
    await list();
    counts.take();
    await assert.rejects(list(async () => Promise.reject(reason)), /stopped/);
    assert.deepEqual(counts.take(), ["page-failed jobs,unexpected"], "an error is one on a signal that was not aborted");
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, stop.signal), /stopped/);
    assert.deepEqual(counts.take(), []);
  });

  test("counts deletes by what came of them", async () => {
    const { counts, ...api } = setUp();
    await api.delete();
    assert.deepEqual(counts.take(), ["deleted"]);
    for (const [error, expected] of [
      [new ApiError("no", { status: 404 }), ["delete-failed not-found"]],
      [new ApiError("no", { status: 409 }), ["delete-failed conflict"]],
      [new ApiError("no", { status: 429, retryAfterMs: 5 }), ["delete-failed throttled", "asked-to-wait delete"]],
      [new ProtocolError("no", { reason: "other-object" }), ["delete-failed other-object"]],
      [new NetworkError("no", "refused"), ["delete-failed connection"]],
    ] as const) {
      await assert.rejects(api.delete(error));
      assert.deepEqual(counts.take(), expected);
    }
  });

  test("counts what came of single objects, and apart where somebody was faster", async () => {
    const { api, answer, counts, delete: del } = setUp();
    const calls: [string, () => Promise<unknown>][] = [
      ["get,jobs", () => api.getObject(JOBS, TARGET, never)],
      ["create,historicjobs", () => api.createObject({ resource: "historicjobs" }, {}, never)],
      ["replace,jobs", () => api.replaceObject(JOBS, {}, never)],
      ["replace,repositories", () => api.replaceStatus({ resource: "repositories" }, {}, never)],
    ];
    for (const [labels, call] of calls) {
      assert.equal(await call(), ANSWER);
      assert.deepEqual(counts.take(), [`object ${labels}`]);
      const [operation] = labels.split(",");
      for (const [error, expected] of [
        [new ApiError("no", { status: 409 }), [`object-contended ${labels}`]],
        [new ApiError("no", { status: 404, reason: "NotFound" }), [`object-contended ${labels}`]],
        [new ApiError("no", { status: 404 }), [`object-failed ${operation},not-found`]],
        [new ApiError("no", { status: 403 }), [`object-failed ${operation},forbidden`]],
        [new ApiError("no", { status: 429, retryAfterMs: 5 }), [`object-failed ${operation},throttled`, `asked-to-wait ${operation}`]],
        [new ProtocolError("no", { reason: "other-object" }), [`object-failed ${operation},other-object`]],
        [new NetworkError("no", "cut"), [`object-failed ${operation},cut`]],
        [new TypeError("no"), [`object-failed ${operation},unexpected`]],
      ] as const) {
        answer(error);
        await assert.rejects(call(), (thrown) => thrown === error);
        assert.deepEqual(counts.take(), expected);
      }
      answer(ANSWER);
    }
    await del(undefined, "jobs");
    await assert.rejects(del(new ApiError("no", { status: 409 }), "jobs"));
    assert.deepEqual(counts.take(), ["object delete,jobs", "object-contended delete,jobs"]);
  });

  test("learns the server's clock from objects, too", async () => {
    const { api, answer, clock } = setUp();
    answer({ ...ANSWER, serverTimeMs: clock.now() + 90_000 });
    await api.getObject(JOBS, TARGET, never);
    assert.equal(api.clockSkewMs, 90_000);
  });

  test("sees the server's clock jump, and not that it drifts or is another than ours", async () => {
    const { api, counts, clock, list } = setUp();
    const at = (ms: number | undefined) => list(page([], { serverTimeMs: ms }));
    assert.equal(api.clockSkewMs, undefined);
    await at(clock.now() + 3_600_000);
    assert.equal(api.clockSkewMs, 3_600_000);
    await clock.advance(600_000);
    await at(clock.now() + 3_600_000 + 60_000);
    await at(undefined);
    assert.deepEqual(counts.take(), ["page jobs 3"]);
    await at(clock.now());
    assert.deepEqual(counts.take(), ["page jobs", "clock-jump"]);
    await at(clock.now());
    assert.deepEqual(counts.take(), ["page jobs"]);
    assert.equal(api.clockSkewMs, 0);
  });
});
