import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CANCEL_MS, LINGER_MS, TERM_MS } from "../../src/work/guard-state.ts";
import type { FromGuard } from "../../src/work/guard-wire.ts";
import { GuardedChild } from "../../src/work/guarded-child.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { ScriptedChild, ScriptedGroups } from "../support/scripted-worker.ts";

const UNTIL = 25_000;

class Scene {
  readonly clock = new ManualClock();
  readonly groups = new ScriptedGroups();
  readonly child = new ScriptedChild(42);
  readonly sent: Omit<FromGuard, "atMs">[] = [];
  readonly started: unknown[] = [];
  readonly guarded: GuardedChild;
  over = false;

  constructor({ untilMs = UNTIL, fail }: { untilMs?: number; fail?: { code?: string } } = {}) {
    const start = (command: unknown, env: unknown) => {
      if (fail !== undefined) return Promise.reject(Object.assign(new Error("no"), fail));
      this.started.push(command, env);
      this.groups.living.add(42);
      return Promise.resolve(this.child);
    };
    this.guarded = new GuardedChild(
      { kind: "start", id: 1, command: ["./a.sh", "x"], env: { A: "b" }, job: { spec: 1 }, attempt: 2, untilMs },
      { start, groups: this.groups, clock: this.clock },
      (message) => void this.sent.push(message),
    );
    void this.guarded.run().then(() => (this.over = true));
  }

  static async begun(): Promise<Scene> {
    const scene = new Scene();
    await settle();
    return scene;
  }

  /** The worker ends, and nothing of its group is left. */
  async exit(how: { code?: number; signal?: string }): Promise<void> {
    this.groups.living.clear();
    this.child.exit(how);
    await settle();
  }

  /** The group ends when it gets this signal. */
  endsBy(signal: string): void {
    this.groups.onSignal = (_group, given) => {
      if (given === signal) void this.exit({ signal });
    };
  }

  get told(): Record<string, unknown>[] {
    return this.child.input.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get ending(): unknown {
    const last = this.sent.at(-1);
    return last?.kind === "ended" ? JSON.parse(JSON.stringify((last as { ending?: unknown }).ending)) : undefined;
  }
}

describe("GuardedChild", () => {
  test("starts the worker, hands it its job and tells of both", async () => {
    const scene = await Scene.begun();
    assert.deepEqual(scene.started, [["./a.sh", "x"], { A: "b" }]);
    assert.deepEqual(scene.told, [{ type: "job", protocol: 1, attempt: 2, lease: { remainingMs: UNTIL }, job: { spec: 1 } }]);
    assert.deepEqual(scene.sent, [{ kind: "started", id: 1, pid: 42 }]);
    scene.child.say({ type: "progress", percent: 1 });
    await settle();
    assert.equal(scene.sent.at(-1)?.kind, "said");
    await scene.exit({ code: 3 });
    assert.deepEqual(scene.ending, { kind: "ended", code: 3, signalled: false, survivors: false });
    assert.ok(scene.over);
  });

  test("starts nothing once the lease is over", async () => {
    const scene = new Scene({ untilMs: 0 });
    await settle();
    assert.deepEqual(scene.started, []);
    assert.deepEqual(scene.ending, { kind: "ended", cause: "lease", signalled: false, survivors: false });
  });

  for (const [code, transient] of [["ENOENT", false], ["EACCES", false], ["E2BIG", false], ["EAGAIN", true], ["ENOMEM", true], ["ETXTBSY", true], [undefined, false]] as const) {
    test(`tells that a start failed with ${code}`, async () => {
      const scene = new Scene({ fail: { code } });
      await settle();
      assert.deepEqual(scene.ending, { kind: "unstarted", message: 'Cannot start worker "./a.sh": no', transient });
    });
  }

  test("kills the group when the lease runs out, and not while it is renewed", async () => {
    const scene = await Scene.begun();
    scene.endsBy("SIGKILL");
    await scene.clock.advance(UNTIL - 1);
    scene.guarded.lease(2 * UNTIL);
    await scene.clock.advance(UNTIL);
    assert.deepEqual(scene.groups.signals, []);
    assert.deepEqual(scene.told[1], { type: "lease", remainingMs: UNTIL + 1 });
    await scene.clock.advance(1);
    assert.deepEqual(scene.groups.signals, ["SIGKILL 42"]);
    assert.deepEqual(scene.ending, { kind: "ended", signal: "SIGKILL", cause: "lease", signalled: true, survivors: false });
  });

  test("kills the group at once when the lease is lost", async () => {
    const scene = await Scene.begun();
    scene.guarded.lease(-1);
    assert.deepEqual(scene.groups.signals, ["SIGKILL 42"]);
  });

  test("tells, then asks, then kills a worker that is cancelled", async () => {
    const scene = await Scene.begun();
    scene.guarded.cancel("why");
    await settle();
    assert.deepEqual([scene.told[1], scene.groups.signals], [{ type: "cancel", reason: "why", graceMs: CANCEL_MS }, []]);
    await scene.clock.advance(CANCEL_MS);
    assert.deepEqual(scene.groups.signals, ["SIGTERM 42"]);
    await scene.clock.advance(TERM_MS);
    assert.deepEqual(scene.groups.signals, ["SIGTERM 42", "SIGKILL 42"]);
    await scene.exit({ signal: "SIGKILL" });
    assert.deepEqual(scene.ending, { kind: "ended", signal: "SIGKILL", cause: "cancel", signalled: true, survivors: false });
  });

  test("asks at once when the controller is gone", async () => {
    const scene = await Scene.begun();
    scene.guarded.orphan();
    assert.deepEqual(scene.groups.signals, ["SIGTERM 42"]);
    await scene.clock.advance(TERM_MS);
    assert.deepEqual(scene.groups.signals, ["SIGTERM 42", "SIGKILL 42"]);
  });

  test("closes the input of a worker that has given its result, and makes it end in the end", async () => {
    const scene = await Scene.begun();
    scene.child.say({ type: "result", state: "success" });
    await settle();
    assert.ok(scene.child.inputEnded);
    scene.guarded.lease(90_000);
    assert.equal(scene.child.input.length, 1);
    await scene.clock.advance(LINGER_MS);
    assert.deepEqual(scene.groups.signals, ["SIGTERM 42"]);
    await scene.exit({ code: 143 });
    assert.deepEqual(scene.ending, { kind: "ended", code: 143, cause: "linger", signalled: true, survivors: false });
  });

  test("kills what the worker leaves, and waits for its end", async () => {
    const scene = await Scene.begun();
    scene.child.exit({ code: 0 });
    await settle();
    assert.deepEqual([scene.groups.signals, scene.over], [["SIGKILL 42"], false]);
    await scene.clock.advance(500);
    scene.groups.living.clear();
    await scene.clock.advance(100);
    assert.deepEqual(scene.ending, { kind: "ended", code: 0, signalled: false, survivors: false });
  });

  test("says so when something of the group cannot be ended", async () => {
    const scene = await Scene.begun();
    scene.child.exit({ code: 0 });
    await scene.clock.advance(4_000);
    assert.deepEqual(scene.ending, { kind: "ended", code: 0, signalled: false, survivors: true });
  });

  test("does not wait for ever for a worker that SIGKILL does not end", async () => {
    const scene = await Scene.begun();
    scene.guarded.lease(1_000);
    await scene.clock.advance(4_500);
    assert.deepEqual(scene.ending, { kind: "ended", cause: "lease", signalled: true, survivors: true });
    assert.ok(scene.over);
  });

  test("leaves no timer behind", async () => {
    const scene = await Scene.begun();
    scene.guarded.cancel("why");
    await scene.exit({ code: 0 });
    await scene.clock.advance(60);
    assert.equal(scene.clock.sleepers, 0);
  });

  test("does not fill the pipe of a worker that does not read", async () => {
    const scene = new Scene();
    scene.child.reads = false;
    await settle();
    for (let count = 1; count <= 1_000; count++) scene.guarded.lease(UNTIL + count);
    await settle();
    assert.equal(scene.child.input.length, 1);
    scene.child.read();
    await settle();
    assert.deepEqual(scene.told.map(({ type, remainingMs }) => [type, remainingMs]), [["job", undefined], ["lease", UNTIL + 1_000]]);
  });
});
