import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GuardClient } from "../../src/work/guard-client.ts";
import { CANCEL_MS, TERM_MS } from "../../src/work/guard-state.ts";
import { type FromGuard, RemoteClock, type ToGuard } from "../../src/work/guard-wire.ts";
import type { Ending } from "../../src/work/outcome.ts";
import type { WorkResult } from "../../src/work/worker.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { ScriptedGroups, ScriptedGuard, ScriptedIo, workOrder } from "../support/scripted-worker.ts";

/** The guard's clock is ahead by this. */
const AHEAD = 1_000_000;
const DONE: Ending = { kind: "ended", code: 0, signalled: false, survivors: false };

class Scene {
  readonly clock = new ManualClock();
  readonly groups = new ScriptedGroups();
  readonly log = new MemoryLog();
  readonly guards: ScriptedGuard[] = [];
  fail: Error | undefined;
  readonly client = new GuardClient({
    startGuard: () => {
      if (this.fail !== undefined) throw this.fail;
      const guard = new ScriptedGuard();
      this.guards.push(guard);
      return guard;
    },
    groups: this.groups,
    clock: this.clock,
    log: this.log,
  });

  get guard(): ScriptedGuard {
    return this.guards.at(-1) as ScriptedGuard;
  }

  /** An order; the guard is there at once. */
  async run(io = new ScriptedIo(), uid = "u"): Promise<{ io: ScriptedIo; result?: WorkResult }> {
    const state: { io: ScriptedIo; result?: WorkResult } = { io };
    void this.client.run(["./a.sh"], { A: "b" }, workOrder({ uid }), io).then((result) => (state.result = result));
    await this.tell({ kind: "ready" });
    return state;
  }

  async tell(...messages: (FromGuard extends infer M ? (M extends unknown ? Omit<M, "atMs"> : never) : never)[]): Promise<void> {
    for (const message of messages) this.guard.tell({ atMs: this.clock.monotonic() + AHEAD, ...message } as FromGuard);
    await settle();
  }

  sent(kind: ToGuard["kind"]): ToGuard[] {
    return this.guard.orders.filter((order) => order.kind === kind);
  }
}

describe("GuardClient.run()", () => {
  test("orders with the deadline on the guard's clock", async () => {
    const scene = new Scene();
    await scene.run();
    assert.deepEqual(scene.guard.orders, [{ kind: "start", id: 1, command: ["./a.sh"], env: { A: "b" }, job: { spec: {} }, attempt: 1, untilMs: AHEAD + 25_000 }]);
  });

  test("passes on what the worker says, up to its result", async () => {
    const scene = new Scene();
    const run = await scene.run();
    const update = { kind: "progress", percent: 5 } as const;
    const log = { level: "info", text: "hi", source: "stderr" } as const;
    await scene.tell(
      { kind: "started", id: 1, pid: 42 },
      { kind: "said", id: 1, line: { kind: "update", update } },
      { kind: "said", id: 1, line: { kind: "result", result: { state: "warning", errors: [], warnings: [] } } },
      { kind: "said", id: 1, line: { kind: "update", update } },
      { kind: "said", id: 1, line: { kind: "result", result: { state: "success", errors: [], warnings: [] } } },
      { kind: "said", id: 1, line: { kind: "log", log } },
    );
    assert.equal(run.result, undefined);
    await scene.tell({ kind: "ended", id: 1, ending: DONE });
    assert.deepEqual([run.io.updates, run.io.talk], [[update], [log]]);
    assert.deepEqual(run.result, { kind: "done", state: "warning", errors: [], warnings: [] });
  });

  test("starts one guard for many orders, and tells them apart", async () => {
    const scene = new Scene();
    const first = await scene.run();
    const second = await scene.run();
    await scene.tell({ kind: "ended", id: 2, ending: DONE });
    assert.deepEqual([scene.guards.length, first.result, second.result?.kind], [1, undefined, "done"]);
  });

  test("passes on renewals, and a lost lease as a deadline in the past", async () => {
    const scene = new Scene();
    const { io } = await scene.run();
    io.lease.renew(40_000);
    io.lease.renew(-Infinity);
    assert.deepEqual(scene.sent("lease"), [{ kind: "lease", id: 1, untilMs: AHEAD + 40_000 }, { kind: "lease", id: 1, untilMs: AHEAD }]);
  });

  test("passes on the word to stop with its reason, and gives it as the result's", async () => {
    const scene = new Scene();
    const run = await scene.run();
    run.io.stop.abort(new Error("shutting down"));
    assert.deepEqual(scene.sent("cancel"), [{ kind: "cancel", id: 1, reason: "shutting down" }]);
    await scene.tell({ kind: "ended", id: 1, ending: { ...DONE, cause: "cancel", signalled: true } });
    assert.deepEqual(run.result, { kind: "aborted", reason: "shutting down" });
  });

  const LINES = {
    "progress": { kind: "update", update: { kind: "progress", percent: 5 } },
    "a log line of the protocol": { kind: "log", log: { level: "info", text: "hi", source: "protocol" } },
    "a line of talk": { kind: "log", log: { level: "info", text: "hi", source: "stdout" } },
  } as const;
  for (const [what, line] of Object.entries(LINES)) {
    const plain = what === "a line of talk";
    test(`takes 0 after the word to stop for ${plain ? "done" : "stopped"} from a worker that has said ${what}`, async () => {
      const scene = new Scene();
      const run = await scene.run();
      await scene.tell({ kind: "said", id: 1, line });
      run.io.stop.abort(new Error("shutting down"));
      await scene.tell({ kind: "ended", id: 1, ending: { ...DONE, cause: "cancel" } });
      assert.equal(run.result?.kind, plain ? "done" : "aborted");
    });
  }

  test("lets go of signal, lease and timers with the result", async () => {
    const scene = new Scene();
    const { io } = await scene.run();
    await scene.tell({ kind: "ended", id: 1, ending: DONE });
    io.stop.abort();
    assert.deepEqual([scene.guard.orders.length, io.lease.listeners.size, scene.clock.sleepers], [1, 0, 0]);
  });

  test("starts no work that was stopped before", async () => {
    const scene = new Scene();
    const io = new ScriptedIo();
    io.stop.abort(new Error("too late"));
    const run = await scene.run(io);
    assert.deepEqual([run.result, scene.guard.orders], [{ kind: "aborted", reason: "too late" }, []]);
  });

  test("does not wait for a guard when the work is to stop", async () => {
    const scene = new Scene();
    const io = new ScriptedIo();
    const running = scene.client.run(["./a.sh"], {}, workOrder(), io);
    io.stop.abort(new Error("stop"));
    assert.deepEqual(await running, { kind: "aborted", reason: "stop" });
  });

  test("aborts when the guard cannot be started, and tries again with the next order", async () => {
    const scene = new Scene();
    scene.fail = new Error("no memory");
    const result = await scene.client.run(["./a.sh"], {}, workOrder(), new ScriptedIo());
    assert.deepEqual(result, { kind: "aborted", reason: "Cannot start the guard of the workers: no memory" });
    scene.fail = undefined;
    await scene.run();
    assert.equal(scene.guard.orders.length, 1);
  });

  test("gives a guard up that never says that it is there", async () => {
    const scene = new Scene();
    const running = scene.client.run(["./a.sh"], {}, workOrder(), new ScriptedIo(Infinity));
    await scene.clock.advance(20_000);
    assert.deepEqual(await running, { kind: "aborted", reason: "the guard of the workers did not start" });
    assert.ok(scene.guard.killed);
  });
});

describe("GuardClient and a guard that is lost", () => {
  test("kills the groups it knows, and those it finds by their job", async () => {
    const scene = new Scene();
    const known = await scene.run(new ScriptedIo(), "u1");
    const unknown = await scene.run(new ScriptedIo(), "u2");
    await scene.tell({ kind: "started", id: 1, pid: 42 });
    scene.groups.living.add(42).add(43);
    scene.groups.findable.set("JOB_UID=u2 JOB_ATTEMPT=1", [43]);
    scene.groups.onSignal = (group) => void scene.groups.living.delete(group);
    scene.guard.output.end();
    await scene.clock.advance(20);
    assert.deepEqual(scene.groups.signals.slice(0, 2), ["SIGKILL 42", "SIGKILL 43"]);
    for (const { result } of [known, unknown]) assert.deepEqual(result, { kind: "aborted", reason: "the guard of the workers was lost" });
    assert.deepEqual(scene.log.records.map(({ level, msg, fields }) => [level, msg, fields["workers"]]), [["error", "the guard of the workers has ended, its workers were killed", 2]]);
  });

  test("looks again for a worker that was only just being started", async () => {
    const scene = new Scene();
    const run = await scene.run();
    scene.guard.output.end();
    await settle();
    assert.deepEqual([scene.groups.signals, run.result], [[], undefined]);
    scene.groups.findable.set("JOB_UID=u JOB_ATTEMPT=1", [43]);
    await scene.clock.advance(20);
    assert.deepEqual([scene.groups.signals, run.result?.kind], [["SIGKILL 43"], "aborted"]);
  });

  test("says so when a group goes on", async () => {
    const scene = new Scene();
    const run = await scene.run();
    await scene.tell({ kind: "started", id: 1, pid: 42 });
    scene.groups.living.add(42);
    scene.guard.output.end();
    await scene.clock.advance(1_900);
    assert.equal(run.result, undefined);
    await scene.clock.advance(200);
    assert.deepEqual(run.result, { kind: "aborted", reason: "the guard of the workers was lost", survivors: true });
  });

  test("starts another one for the next order", async () => {
    const scene = new Scene();
    await scene.run();
    scene.guard.output.end();
    await scene.clock.advance(20);
    await scene.run();
    assert.deepEqual([scene.guards.length, scene.sent("start").length], [2, 1]);
  });

  test("hears it out first", async () => {
    const scene = new Scene();
    const run = await scene.run();
    void scene.tell({ kind: "ended", id: 1, ending: DONE });
    scene.guard.output.end();
    await scene.clock.advance(20);
    assert.equal(run.result?.kind, "done");
  });

  test("gives up one that speaks no sense", async () => {
    const scene = new Scene();
    const run = await scene.run();
    scene.guard.output.write("what?\n");
    await scene.clock.advance(20);
    assert.ok(scene.guard.killed);
    assert.equal(run.result?.kind, "aborted");
  });
});

/** Whether the guard has been given up. */
describe("GuardClient's patience", () => {
  test("is over five seconds after the lease", async () => {
    const scene = new Scene();
    await scene.run();
    await scene.clock.advance(29_999);
    assert.equal(scene.guard.killed, false);
    await scene.clock.advance(1);
    assert.ok(scene.guard.killed);
    assert.equal(scene.log.records[0]?.msg, "the guard of the workers does not answer, it is killed");
  });

  test("grows with the lease", async () => {
    const scene = new Scene();
    const { io } = await scene.run();
    for (let atMs = 8_000; atMs < 80_000; atMs += 8_000) {
      await scene.clock.advance(8_000);
      io.lease.renew(atMs + 25_000);
    }
    assert.equal(scene.guard.killed, false);
  });

  test("is over five seconds after the worker should have been killed for the word to stop", async () => {
    const scene = new Scene();
    const { io } = await scene.run(new ScriptedIo(1e9));
    await scene.clock.advance(60_000);
    io.stop.abort();
    await scene.clock.advance(CANCEL_MS + TERM_MS + 4_999);
    assert.equal(scene.guard.killed, false);
    await scene.clock.advance(1);
    assert.ok(scene.guard.killed);
  });

  test("counts from the loss of a lease", async () => {
    const scene = new Scene();
    const { io } = await scene.run();
    await scene.clock.advance(10_000);
    io.lease.renew(-Infinity);
    await scene.clock.advance(4_999);
    assert.equal(scene.guard.killed, false);
    await scene.clock.advance(1);
    assert.ok(scene.guard.killed);
  });

  test("does not count the time for which this process did not run", async () => {
    const scene = new Scene();
    const run = await scene.run();
    // The alarm comes an hour late, before what the guard has said is read.
    const { clock } = scene;
    const monotonic = clock.monotonic.bind(clock);
    let stoppedMs = 0;
    clock.monotonic = () => monotonic() + stoppedMs;
    await clock.advance(29_999);
    stoppedMs = 3_600_000;
    await clock.advance(1);
    assert.equal(scene.guard.killed, false);
    await scene.tell({ kind: "ended", id: 1, ending: { ...DONE, cause: "lease", signalled: true } });
    assert.deepEqual(run.result, { kind: "aborted", reason: "the lease ended before the work did" });
  });
});

describe("GuardClient.close()", () => {
  test("closes the guard's input and waits for its end", async () => {
    const scene = new Scene();
    const run = await scene.run();
    let closed = false;
    void scene.client.close().then(() => (closed = true));
    await settle();
    assert.deepEqual([scene.guard.ended, closed], [true, false]);
    await scene.tell({ kind: "ended", id: 1, ending: { ...DONE, cause: "controller", signalled: true } });
    scene.guard.output.end();
    await scene.clock.advance(20);
    assert.deepEqual([run.result, closed, scene.log.records], [{ kind: "aborted", reason: "the program is ending" }, true, []]);
  });

  test("kills a guard that does not end", async () => {
    const scene = new Scene();
    await scene.run(new ScriptedIo(1e9));
    const closing = scene.client.close();
    await scene.clock.advance(TERM_MS + 5_000);
    await scene.clock.advance(20);
    await closing;
    assert.ok(scene.guard.killed);
  });

  test("has nothing to do where nothing was started, and lets nothing start", async () => {
    const scene = new Scene();
    await scene.client.close();
    assert.deepEqual(await scene.client.run(["./a.sh"], {}, workOrder(), new ScriptedIo()), { kind: "aborted", reason: "the program is ending" });
    assert.equal(scene.guards.length, 0);
  });
});

describe("RemoteClock", () => {
  test("is never ahead of the other clock, and comes nearer with every quick message", () => {
    const clock = new RemoteClock();
    clock.heard(1_000, 50);
    assert.equal(clock.theirs(100), 1_050);
    clock.heard(2_000, 1_010);
    assert.equal(clock.theirs(100), 1_090);
    clock.heard(3_000, 9_000);
    assert.equal(clock.theirs(100), 1_090);
  });
});
