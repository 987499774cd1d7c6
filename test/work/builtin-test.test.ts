import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runTest } from "../../src/work/builtin-test.ts";
import type { WorkResult } from "../../src/work/worker.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { ScriptedIo, workOrder } from "../support/scripted-worker.ts";

const SUCCESS = { kind: "done", state: "success", errors: [], warnings: [] };

async function begin(job: object, io = new ScriptedIo()): Promise<{ clock: ManualClock; io: ScriptedIo; result?: WorkResult }> {
  const state: { clock: ManualClock; io: ScriptedIo; result?: WorkResult } = { clock: new ManualClock(), io };
  void runTest(workOrder({ job }), io, state.clock).then((result) => (state.result = result));
  await settle();
  return state;
}

function lasting(duration: unknown): object {
  return { spec: { action: "test", test: { duration } } };
}

describe("runTest()", () => {
  for (const job of [{}, { spec: {} }, { spec: { test: {} } }, lasting("0s")]) {
    test(`takes no time for ${JSON.stringify(job)}`, async () => {
      const { io, result } = await begin(job);
      assert.deepEqual([result, io.updates], [SUCCESS, []]);
    });
  }

  test("takes the time that the job says, with progress every second at the latest", async () => {
    const work = await begin(lasting("2s500ms"));
    await work.clock.advance(2_499);
    assert.equal(work.result, undefined);
    await work.clock.advance(1);
    assert.deepEqual(work.result, SUCCESS);
    assert.deepEqual(work.io.updates.map((update) => update.kind === "progress" && Math.round(update.percent ?? 0)), [33, 67, 100]);
  });

  for (const duration of ["soon", "-1s", "20m1s", 5, null]) {
    test(`refuses a duration of ${JSON.stringify(duration)}`, async () => {
      const { result } = await begin(lasting(duration));
      assert.match(JSON.stringify(result), /"state":"error","message":"Cannot work for spec\.test\.duration/);
    });
  }

  test("ends when it is told to", async () => {
    const work = await begin(lasting("1m"));
    await work.clock.advance(1_500);
    work.io.stop.abort(new Error("why"));
    await settle();
    assert.deepEqual(work.result, { kind: "aborted", reason: "why" });
  });

  test("ends when its lease is over, at once when it is lost", async () => {
    const over = await begin(lasting("1m"), new ScriptedIo(3_000));
    await over.clock.advance(3_000);
    assert.deepEqual(over.result, { kind: "aborted", reason: "the lease ended before the work did" });
    const lost = await begin(lasting("1m"));
    lost.io.lease.renew(-1);
    await settle();
    assert.deepEqual(lost.result, { kind: "aborted", reason: "the lease ended before the work did" });
    assert.equal(lost.io.lease.listeners.size, 0);
  });

  test("does not begin what is stopped already", async () => {
    const io = new ScriptedIo();
    io.stop.abort(new Error("before"));
    assert.deepEqual((await begin(lasting("1m"), io)).result, { kind: "aborted", reason: "before" });
  });
});
