import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { type FinishedJob, finishedJob } from "../../src/trail/finished-job.ts";
import { tableLines } from "../../src/trail/table.ts";

const NOW_MS = Date.parse("2026-03-01T10:00:00Z");

function job(more: Partial<FinishedJob> = {}): FinishedJob {
  return {
    ...finishedJob({}),
    namespace: "default",
    job: "demo-sync",
    repository: "demo",
    action: "pull",
    outcome: "success",
    startedMs: NOW_MS - 63_400,
    finishedMs: NOW_MS - 60_000,
    changes: { total: 12, created: 9, updated: 0, deleted: 1, written: 0, unchanged: 2, failed: 0, warned: 0 },
    uid: "u-1",
    record: "demo-sync-x7k2p",
    ...more,
  };
}

/** Title and value of each cell of one job. */
function cells(one: FinishedJob, more: { wide?: boolean; namespace?: boolean } = {}): Record<string, string> {
  const [titles = "", row = ""] = tableLines([one], { wide: false, namespace: false, nowMs: NOW_MS, ...more });
  const starts = [...titles.matchAll(/\S+(?: \S+)*/g)].map(({ 0: title, index }) => [title, index] as const);
  return Object.fromEntries(starts.map(([title, at], nth) => [title, row.slice(at, starts[nth + 1]?.[1]).trimEnd()]));
}

describe("tableLines()", () => {
  test("puts every column under its title", () => {
    const failed = job({ job: "a-much-longer-name", outcome: "error", errors: ["no such file"], changes: undefined, urls: { sourceURL: "https://git.test/x" } });
    assert.deepEqual(tableLines([job(), failed], { wide: false, namespace: false, nowMs: NOW_MS }), [
      "JOB                  ACTION   OUTCOME   AGE   DURATION   CHANGES                FIRST ERROR    URL",
      "demo-sync            pull     success   60s   3.4s       9 created, 1 deleted   -              -",
      "a-much-longer-name   pull     error     60s   3.4s       -                      no such file   https://git.test/x",
    ]);
  });

  test("has a column for the namespace where there may be several", () => {
    assert.deepEqual(Object.keys(cells(job(), { namespace: true })).slice(0, 2), ["NAMESPACE", "JOB"]);
  });

  test("is wide with times and names in full", () => {
    assert.deepEqual(cells(job({ errors: ["x".repeat(200)] }), { wide: true, namespace: true }), {
      NAMESPACE: "default",
      JOB: "demo-sync",
      REPOSITORY: "demo",
      ACTION: "pull",
      OUTCOME: "success",
      ENDED: "2026-03-01T09:59:00Z",
      AGE: "60s",
      DURATION: "3.4s",
      CHANGES: "9 created, 1 deleted, 2 unchanged",
      "FIRST ERROR": "x".repeat(200),
      URL: "-",
      UID: "u-1",
      RECORD: "demo-sync-x7k2p",
    });
  });

  test("cuts an error where it is not wide", () => {
    assert.equal(cells(job({ errors: [`${"x".repeat(59)} ${"y".repeat(40)}`] }))["FIRST ERROR"], `${"x".repeat(59)}…`);
  });

  test("shows nothing as a dash, and knows no change from no summary", () => {
    const none = { total: 3, created: 0, updated: 0, deleted: 0, written: 0, unchanged: 3, failed: 0, warned: 0 };
    assert.equal(cells(job({ changes: none })).CHANGES, "none");
    const { JOB, ...others } = cells(finishedJob({ metadata: { name: "bare" } }), { wide: true, namespace: true });
    assert.equal(JOB, "bare");
    assert.deepEqual([...new Set(Object.values({ ...others, RECORD: "-" }))], ["-"]);
  });

  test("shows the link that is nearest to what was done", () => {
    const all = { repositoryURL: "r", sourceURL: "s", compareURL: "c", newPullRequestURL: "n" };
    assert.equal(cells(job({ urls: all })).URL, "n");
    assert.equal(cells(job({ urls: { repositoryURL: "r", sourceURL: "s" } })).URL, "s");
  });

  test("lets no server write to the terminal", () => {
    const lines = tableLines([job({ job: "a\u001b[2Jb", action: "p\r\nq", errors: ["\u009b31m\u202egoogle\u0007\ttab"], urls: { sourceURL: "\u001b]8;;x\u0007" } })], {
      wide: true,
      namespace: false,
      nowMs: NOW_MS,
    });
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines.join(""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    assert.match(lines[1] ?? "", /^a \[2Jb .* p q .* 31m google tab /);
  });
});
