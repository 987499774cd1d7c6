import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseWorkers } from "../../src/work/worker-spec.ts";
import { hasWorker } from "../../src/work/worker.ts";
import { createWorkers } from "../../src/work/workers.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { ScriptedGroups, ScriptedGuard, ScriptedIo, workOrder } from "../support/scripted-worker.ts";

function workersOf(texts: string[]): { workers: ReturnType<typeof createWorkers>; guards: ScriptedGuard[] } {
  const guards: ScriptedGuard[] = [];
  const startGuard = () => {
    guards.push(new ScriptedGuard());
    return guards.at(-1) as ScriptedGuard;
  };
  const env = { PATH: "/bin", SECRET: "s", NAMED: "n" };
  const workers = createWorkers({
    table: parseWorkers(texts), env, envNames: ["NAMED"], startGuard, groups: new ScriptedGroups(), clock: new ManualClock(), log: new MemoryLog(),
  });
  return { workers, guards };
}

describe("createWorkers()", () => {
  test("names the actions that have a worker", () => {
    const { workers } = workersOf(["pull,push=exec:a"]);
    assert.deepEqual([...workers.actions], ["pull", "push"]);
    assert.deepEqual(["pull", "migrate"].map((action) => hasWorker(workers, action)), [true, false]);
    assert.equal(workersOf(["pull=exec:a", "*=builtin:test"]).workers.actions, "*");
    assert.ok(hasWorker({ actions: "*" }, "whatever"));
  });

  test("starts no process for what is built in", async () => {
    const { workers, guards } = workersOf(["*=builtin:test", "pull=exec:a"]);
    assert.equal((await workers.run(workOrder({ action: "push" }), new ScriptedIo())).kind, "done");
    assert.equal(guards.length, 0);
    await workers.close();
  });

  test("gives a command the environment that is listed, named, and the job's", async () => {
    const { workers, guards } = workersOf(["pull=exec:./a.sh x"]);
    void workers.run(workOrder(), new ScriptedIo());
    guards[0]?.tell({ atMs: 0, kind: "ready" });
    await settle();
    const [order] = guards[0]?.orders ?? [];
    assert.deepEqual(order?.kind === "start" && [order.command, order.env], [
      ["./a.sh", "x"],
      { PATH: "/bin", NAMED: "n", JOB_UID: "u", JOB_NAME: "n", JOB_NAMESPACE: "ns", JOB_REPOSITORY: "r", JOB_ACTION: "pull", JOB_ATTEMPT: "1" },
    ]);
  });

  test("fails a job of an action without a worker", async () => {
    const result = await workersOf(["pull=exec:a"]).workers.run(workOrder({ action: "push" }), new ScriptedIo());
    assert.deepEqual(result, { kind: "done", state: "error", message: "no workers were registered to handle the job", errors: [], warnings: [] });
  });
});
