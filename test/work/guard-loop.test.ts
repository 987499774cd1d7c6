import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runGuard } from "../../src/work/guard-loop.ts";
import type { FromGuard, ToGuard } from "../../src/work/guard-wire.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { ScriptedChild, ScriptedGroups, ScriptedStream } from "../support/scripted-worker.ts";

class Scene {
  readonly clock = new ManualClock();
  readonly groups = new ScriptedGroups();
  readonly input = new ScriptedStream();
  readonly said: FromGuard[] = [];
  readonly children = new Map<string, ScriptedChild>();
  over = false;

  constructor() {
    const write = (line: string) => void this.said.push(JSON.parse(line) as FromGuard);
    const start = ([name]: readonly [string, ...string[]]) => {
      const child = new ScriptedChild(100 + this.children.size);
      this.children.set(name, child);
      return Promise.resolve(child);
    };
    void runGuard({ input: this.input, write }, { start, groups: this.groups, clock: this.clock }).then(() => (this.over = true));
  }

  async send(...orders: ToGuard[]): Promise<void> {
    this.input.write(orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
    await settle();
  }

  get kinds(): string[] {
    return this.said.map((message) => `${message.kind}${"id" in message ? ` ${message.id}` : ""}`);
  }
}

function start(id: number, name: string, untilMs = 25_000): ToGuard {
  return { kind: "start", id, command: [name], env: {}, job: {}, attempt: 1, untilMs };
}

describe("runGuard()", () => {
  test("says that it is there, with the time on its clock", async () => {
    const scene = new Scene();
    await settle();
    assert.deepEqual(scene.said, [{ atMs: 0, kind: "ready" }]);
  });

  test("keeps its workers apart", async () => {
    const scene = new Scene();
    await scene.send(start(1, "a"), start(2, "b"));
    await scene.send({ kind: "cancel", id: 1, reason: "why" }, { kind: "lease", id: 2, untilMs: 50_000 });
    assert.equal(scene.children.get("a")?.input.length, 2);
    assert.match(scene.children.get("b")?.input[1] ?? "", /"type":"lease"/);
    scene.children.get("b")?.exit({ code: 0 });
    await scene.clock.advance(2_000);
    assert.deepEqual(scene.kinds, ["ready", "started 1", "started 2", "ended 2"]);
    assert.deepEqual(scene.groups.signals, ["SIGKILL 101", "SIGTERM 100"]);
  });

  test("takes orders of a worker that has ended for what they are: late", async () => {
    const scene = new Scene();
    await scene.send(start(1, "a"));
    scene.children.get("a")?.exit({ code: 0 });
    await settle();
    await scene.send({ kind: "cancel", id: 1, reason: "why" }, { kind: "lease", id: 1, untilMs: 1 }, start(2, "b"));
    assert.deepEqual(scene.kinds, ["ready", "started 1", "ended 1", "started 2"]);
  });

  test("ends its workers, then itself, when its input does", async () => {
    const scene = new Scene();
    await scene.send(start(1, "a"), start(2, "b"));
    scene.input.write('{"kind":"start","id":3,"comm');
    scene.input.end();
    await settle();
    assert.deepEqual(scene.groups.signals, ["SIGTERM 100", "SIGTERM 101"]);
    scene.children.get("a")?.exit({ signal: "SIGTERM" });
    await settle();
    assert.equal(scene.over, false);
    scene.children.get("b")?.exit({ signal: "SIGTERM" });
    await settle();
    assert.ok(scene.over);
  });
});
