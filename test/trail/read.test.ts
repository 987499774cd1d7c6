import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, IncompatibleError, NetworkError, ProtocolError } from "../../src/base/errors.ts";
import type { Api } from "../../src/kube/api.ts";
import type { Collection, ListPage } from "../../src/kube/types.ts";
import type { HistoricJob } from "../../src/provisioning.ts";
import { readTrail, type TrailQuery } from "../../src/trail/read.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { page } from "../support/objects.ts";

const NOW_MS = Date.parse("2026-03-01T10:00:00Z");
const never = new AbortController().signal;
const ALL: TrailQuery = { namespaces: [], repository: undefined, outcome: undefined, sinceMs: undefined, limit: 50 };

function ended(name: string, agoMs: number, more: { state?: string; repository?: string; namespace?: string } = {}): HistoricJob {
  const { state = "success", repository = "demo", namespace = "default" } = more;
  return { metadata: { name, namespace }, spec: { action: "pull", repository }, status: { state, finished: NOW_MS - agoMs } };
}

type Answer = ListPage<HistoricJob> | Error;

/** A history whose lists are answered in this order; tells what was asked for. */
function setUp(...answers: Answer[]) {
  const asked: string[] = [];
  const listPage = async ({ resource, namespace }: Collection, query: { continue?: string }) => {
    asked.push(`${resource} ${namespace ?? "*"} ${query.continue ?? ""}`.trim());
    const answer = answers.shift() ?? new Error(`not expected: ${asked.at(-1)}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const clock = new ManualClock(NOW_MS + 3_600_000);
  const read = (query: Partial<TrailQuery> = {}, signal = never) =>
    readTrail({ listPage } as unknown as Pick<Api, "listPage">, clock, { ...ALL, ...query }, signal);
  return { read, asked, left: () => answers.length };
}

const records = async (reading: ReturnType<typeof readTrail>) => (await reading).jobs.map(({ record }) => record);
const at = (items: HistoricJob[], more: Partial<ListPage<HistoricJob>> = {}) => page(items, { serverTimeMs: NOW_MS, ...more });
const status = (code: number, reason = "") => new ApiError(`Cannot list: server answered ${code}`, { status: code, reason });

describe("readTrail()", () => {
  test("reads to the end, empty pages too, and keeps the newest", async () => {
    const { read, asked } = setUp(
      at([ended("a", 5_000), ended("b", 1_000)], { continue: "t1" }),
      at([], { continue: "t2" }),
      at([ended("c", 3_000, { state: "error" }), ended("d", 9_000)]),
    );
    const { jobs, outcomes, ...facts } = await read({ limit: 2 });
    assert.deepEqual(jobs.map(({ record }) => record), ["b", "c"]);
    assert.deepEqual([...outcomes], [["success", 3], ["error", 1]]);
    assert.deepEqual(facts, { read: 4, matched: 4, nowMs: NOW_MS });
    assert.deepEqual(asked, ["historicjobs *", "historicjobs * t1", "historicjobs * t2"]);
  });

  test("reads each namespace that is named", async () => {
    const { read, asked } = setUp(at([ended("a", 5_000, { namespace: "n1" })]), at([ended("b", 1_000, { namespace: "n2" })]));
    assert.deepEqual(await records(read({ namespaces: ["n1", "n2"] })), ["b", "a"]);
    assert.deepEqual(asked, ["historicjobs n1", "historicjobs n2"]);
  });

  const items = [ended("a", 5_000), ended("b", 1_000, { state: "error" }), ended("c", 9_000, { repository: "other" }), ended("d", 7_000, { state: "error" })];
  for (const [what, query, expected] of [
    ["repository", { repository: "demo" }, ["b", "a", "d"]],
    ["outcome", { outcome: "error" }, ["b", "d"]],
    ["time, by the server's clock, the bound included", { sinceMs: 7_000 }, ["b", "a", "d"]],
    ["all of them", { repository: "demo", outcome: "error", sinceMs: 6_999 }, ["b"]],
    ["what nothing is like", { repository: "none" }, []],
  ] as const) {
    test(`selects by ${what}`, async () => {
      const { jobs, matched, read: all } = await setUp(at(items)).read(query);
      assert.deepEqual(jobs.map(({ record }) => record), expected);
      assert.deepEqual([matched, all], [expected.length, 4]);
    });
  }

  test("counts from the first page's time, however long the reading takes", async () => {
    const { read } = setUp(at([], { continue: "t" }), at([ended("a", 5_000)], { serverTimeMs: NOW_MS + 60_000 }));
    const { matched, nowMs } = await read({ sinceMs: 5_000 });
    assert.deepEqual([matched, nowMs], [1, NOW_MS]);
  });

  test("leaves out where the end is unknown, once a time is asked for", async () => {
    assert.deepEqual(await records(setUp(at([{ metadata: { name: "x" } }])).read({ sinceMs: 1e9 })), []);
  });

  test("takes our clock where the server tells no time", async () => {
    const { nowMs } = await setUp(page([ended("a", 0)], { serverTimeMs: undefined })).read();
    assert.equal(nowMs, NOW_MS + 3_600_000);
  });

  test("begins anew when a list outlived its snapshot, counting nothing twice, and gives up after the third time", async () => {
    const { read } = setUp(at([ended("a", 1)], { continue: "t" }), status(410), at([ended("a", 1)], { continue: "t" }), at([ended("b", 2)]));
    const { read: count, jobs } = await read();
    assert.deepEqual([count, jobs.length], [2, 2]);
    const expired = setUp(status(410), status(410), status(410), at([]));
    await assert.rejects(expired.read(), (error) => error instanceof ApiError && error.status === 410);
    assert.equal(expired.left(), 1);
  });

  for (const [what, error] of [
    ["403", status(403)],
    ["500", status(500)],
    ["no answer", new NetworkError("Cannot connect", "refused")],
    ["HTML", new ProtocolError("Cannot list: expected JSON", { reason: "not-json" })],
  ] as const) {
    test(`passes on ${what}, asked once`, async () => {
      const { read, asked } = setUp(error);
      await assert.rejects(read(), (thrown) => thrown === error);
      assert.equal(asked.length, 1);
    });
  }
});

describe("a server without HistoricJobs", () => {
  test("keeps its history elsewhere if it has Jobs", async () => {
    for (const jobs of [at([]), status(403), status(500)]) {
      const { read, asked } = setUp(status(404), jobs);
      await assert.rejects(read({ namespaces: ["n1"] }), (error) => {
        assert.ok(error instanceof IncompatibleError, String(error));
        assert.match(error.message, /^Cannot show the history: this server has Jobs and no HistoricJobs, as a Grafana that keeps its history in Loki; ask Loki/);
        return true;
      });
      assert.deepEqual(asked, ["historicjobs n1", "jobs n1"]);
    }
  });

  test("is no provisioning API if it has no Jobs either", async () => {
    for (const reason of ["", "NotFound"]) {
      await assert.rejects(setUp(status(404, reason), status(404, reason)).read(), (error) => {
        assert.ok(error instanceof IncompatibleError);
        return /^Cannot list: server answered 404; expected a provisioning API: check --provisioning-server-url/.test(error.message);
      });
    }
  });

  test("is left in peace once the signal came", async () => {
    const stop = new AbortController();
    const reason = new Error("stop");
    const { read } = setUp(status(404), status(404));
    stop.abort(reason);
    await assert.rejects(read({}, stop.signal), (error) => error === reason);
  });
});
