// Reports of a worker to the fields of status: when they are due, what they hold, and how a job ends.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Progress } from "../../src/drive/progress.ts";
import type { ResourceResult, WorkResult, WorkUpdate } from "../../src/work/worker.ts";

type Done = WorkResult & { kind: "done" };

const STARTED = 1_756_111_201_060;
const FINISHED = 1_756_111_240_000;
const DASHBOARD = { group: "dashboard.grafana.app", kind: "Dashboard" };

function resource(fields: Partial<ResourceResult> = {}): WorkUpdate {
  return { kind: "resource", resource: { action: "create", ...DASHBOARD, ...fields } };
}

function done(fields: Partial<Done> = {}): Done {
  return { kind: "done", state: "success", errors: [], warnings: [], ...fields };
}

describe("Progress while work goes on", () => {
  test("is due at once for the first time, with the first message of Grafana's drivers", () => {
    const progress = new Progress(STARTED);
    assert.equal(progress.dueMs, Number.NEGATIVE_INFINITY);
    assert.deepEqual(progress.take(0), { state: "working", started: STARTED, message: "start job", progress: 0, progressUpdates: 1 });
    assert.equal(progress.dueMs, undefined);
  });

  test("is due 500 ms after the last write for a message, 5 s after it for a resource", () => {
    const progress = new Progress(STARTED);
    progress.take(1_000);
    progress.note(resource());
    assert.equal(progress.dueMs, 6_000);
    progress.note({ kind: "progress", message: "half" });
    assert.equal(progress.dueMs, 1_500);
    progress.note(resource());
    assert.equal(progress.dueMs, 1_500, "a resource does not put a message off");
  });

  test("counts resources by group and kind, failures apart from what they tried", () => {
    const progress = new Progress(STARTED);
    progress.note({ kind: "progress", total: 8 });
    for (const update of [
      resource(),
      resource({ action: "rename" }),
      resource({ action: "update", path: "a.json", error: "refused" }),
      resource({ group: "folder.grafana.app", kind: "Folder", action: "noop", name: "f", warning: "old" }),
    ]) progress.note(update);
    const { summary, progress: percent, errors, warnings } = progress.take(0);
    assert.deepEqual(summary, [
      { ...DASHBOARD, total: 3, create: 1, update: 1, error: 1, errors: ["a.json: refused"] },
      { group: "folder.grafana.app", kind: "Folder", total: 1, noop: 1, warning: 1, warnings: ["f: old"] },
    ]);
    assert.deepEqual([percent, errors, warnings], [50, ["a.json: refused"], undefined]);
  });

  test("takes the worker's own percentage over the count", () => {
    const progress = new Progress(STARTED);
    progress.note({ kind: "progress", total: 8, percent: 12.5 });
    progress.note(resource());
    assert.equal(progress.take(0).progress, 12.5);
  });

  test("what was written does not change afterwards", () => {
    const progress = new Progress(STARTED);
    progress.note(resource({ error: "a" }));
    const written = progress.take(0);
    const before = structuredClone(written);
    progress.note(resource({ error: "b" }));
    assert.deepEqual(written, before);
  });

  test("keeps 20 errors, of a row and of all", () => {
    const progress = new Progress(STARTED);
    for (let count = 0; count < 50; count++) progress.note(resource({ error: `e${count}` }));
    const { errors, summary } = progress.take(0);
    assert.equal(errors?.length, 20);
    assert.deepEqual([summary?.[0]?.["error"], (summary?.[0]?.["errors"] as string[]).length], [50, 20]);
  });
});

describe("Progress at the end", () => {
  const rows: [what: string, updates: WorkUpdate[], result: Partial<Done>, state: string, message: string][] = [
    ["nothing wrong", [resource()], {}, "success", "completed successfully"],
    ["a worker's own words", [], { message: "nothing to do" }, "success", "nothing to do"],
    ["a failed resource", [resource({ error: "e" })], { message: "fine" }, "error", "completed with errors"],
    ["a warning", [resource({ warning: "w" })], {}, "warning", "completed with warnings"],
    ["a worker that failed", [], { state: "error", message: "no access" }, "error", "no access"],
    ["a worker that warns", [], { state: "warning", message: "odd" }, "warning", "odd"],
    ["an error in the result of a success", [], { errors: [{ message: "m", path: "p" }] }, "error", "completed with errors"],
  ];
  for (const [what, updates, result, state, message] of rows) {
    test(`${what} gives ${state}, "${message}"`, () => {
      const progress = new Progress(STARTED);
      for (const update of updates) progress.note(update);
      const status = progress.final(done(result), FINISHED);
      assert.deepEqual([status.state, status.message, status.started, status.finished, status.progress], [state, message, STARTED, FINISHED, 100]);
    });
  }

  test("the worker's own summary and urls stand in place of what was counted", () => {
    const progress = new Progress(STARTED);
    progress.note(resource());
    const urls = { sourceURL: "https://git.example/commit/1" };
    const { summary, url } = progress.final(done({ summary: [{ kind: "File", total: 2 }], urls }), FINISHED);
    assert.deepEqual([summary, url], [[{ kind: "File", total: 2 }], urls]);
  });

  test("names an error once, with its file", () => {
    const progress = new Progress(STARTED);
    progress.note(resource({ path: "a.json", error: "bad" }));
    const { errors } = progress.final(done({ errors: [{ path: "a.json", message: "bad" }, { message: "more" }] }), FINISHED);
    assert.deepEqual(errors, ["a.json: bad", "more"]);
  });
});
