// What a job's status says, row by row of the eras.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seeded } from "../../../src/base/random.ts";
import { finalStatus, planWork, statusAt, type StatusRows, type Work } from "../../../src/devserver/plays/work.ts";

const NOW: StatusRows = { summaryKind: "kind", failedResources: "error", newStatusFields: true };
const OLD: StatusRows = { summaryKind: "resource", failedResources: "warning", newStatusFields: false };

/** A plan of which resources, not the worker itself, are the trouble. */
function troubled(ending: "warning" | "error"): Work {
  for (let seed = 0; ; seed++) {
    const work = planWork(seeded(seed), "pull", ending, 10);
    if (work.failure === undefined) return work;
  }
}

function failed(): Work {
  for (let seed = 0; ; seed++) {
    const work = planWork(seeded(seed), "pull", "error", 10);
    if (work.failure !== undefined) return work;
  }
}

interface Summary {
  kind?: string;
  resource?: string;
  total: number;
  totalChanges?: number;
  [counter: string]: unknown;
}

const summaries = (status: Record<string, unknown>) => (status["summary"] ?? []) as Summary[];
const counted = ({ total: _total, totalChanges: _changes, ...rest }: Summary) =>
  Object.values(rest).filter((value) => typeof value === "number").reduce((sum, value) => sum + value, 0);

describe("finalStatus()", () => {
  test("counts every resource of a success once, and its changes", () => {
    const status = finalStatus(planWork(seeded(1), "pull", "success", 40), 1_000, 2_000, 3, NOW);
    const { summary: _, ...rest } = status;
    assert.deepEqual(rest, { state: "success", started: 1_000, finished: 2_000, message: "completed successfully", progress: 100, progressUpdates: 3 });
    assert.deepEqual(summaries(status).map(({ kind, total }) => [kind, total]), [["Folder", 5], ["Dashboard", 35]]);
    for (const one of summaries(status)) {
      assert.equal(counted(one), one.total);
      assert.equal(one.totalChanges, one.total - Number(one["noop"] ?? 0));
    }
  });

  for (const [what, work, rows, state, message, field] of [
    ["failed resources make an error", troubled("error"), NOW, "error", "completed with errors", "errors"],
    ["warnings make a warning", troubled("warning"), NOW, "warning", "completed with warnings", "warnings"],
    ["failed resources make a warning on old servers", troubled("warning"), OLD, "warning", "completed with errors", "errors"],
    ["too many of them make an error there", troubled("error"), OLD, "error", "completed with too many errors", "errors"],
  ] as const) {
    test(`${what}, listed and counted`, () => {
      const status = finalStatus(work, 1, 2, 3, rows);
      assert.deepEqual([status["state"], status["message"]], [state, message]);
      assert.deepEqual(Object.keys(status).filter((key) => key === "errors" || key === "warnings"), [field]);
      const listed = status[field] as string[];
      assert.ok(listed.length >= 1 && listed.length <= 3);
      const counter = field.slice(0, -1);
      assert.equal(summaries(status).reduce((sum, one) => sum + Number(one[counter] ?? 0), 0), listed.length);
      assert.deepEqual(summaries(status).flatMap((one) => (one[field] ?? []) as string[]).sort(), [...listed].sort());
    });
  }

  test("a worker's own error ends the job halfway, in its words", () => {
    const work = failed();
    const status = finalStatus(work, 1, 2, 3, NOW);
    assert.deepEqual([status["state"], status["message"], status["progress"], status["errors"]], ["error", work.failure, 50, undefined]);
  });

  test("old servers have no new fields, and their own key for the kind", () => {
    const status = finalStatus(troubled("warning"), 1, 2, 3, OLD);
    assert.ok(!("progressUpdates" in status) && !("warnings" in status));
    for (const one of summaries(status)) assert.ok("resource" in one && !("kind" in one) && !("totalChanges" in one) && !("warning" in one));
  });
});

describe("statusAt()", () => {
  const work = planWork(seeded(1), "pull", "success", 10);

  test("starts with nothing but its start", () => {
    assert.deepEqual(statusAt(work, 0, 5, 1, NOW), { state: "working", started: 5, message: "start job", progressUpdates: 1 });
  });

  test("goes through the resources as time goes on", () => {
    const status = statusAt(work, 0.45, 5, 2, NOW);
    assert.deepEqual([status["message"], status["progress"]], ["processed 4 of 10 resources", 40]);
    assert.equal(summaries(status).reduce((sum, { total }) => sum + total, 0), 4);
  });

  test("lists errors, but no warnings before the end", () => {
    assert.ok(Array.isArray(statusAt(troubled("error"), 1, 5, 2, NOW)["errors"]));
    assert.equal(statusAt(troubled("warning"), 1, 5, 2, NOW)["warnings"], undefined);
  });
});

describe("planWork()", () => {
  test("touches no resources in pull requests and tests", () => {
    for (const action of ["pr", "test"]) {
      const status = finalStatus(planWork(seeded(1), action, "success", 10), 1, 2, 3, NOW);
      assert.deepEqual([status["summary"], status["progress"]], [undefined, 100]);
    }
  });

  test("plans the same for the same seed", () => {
    assert.deepEqual(planWork(seeded(9), "pull", "warning", 20), planWork(seeded(9), "pull", "warning", 20));
    assert.notDeepEqual(planWork(seeded(9), "pull", "warning", 20), planWork(seeded(8), "pull", "warning", 20));
  });
});
