import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BYTES_PER_SECOND, LINES_AT_ONCE, LINES_PER_SECOND } from "../../src/work/flood.ts";
import { Hearing } from "../../src/work/hearing.ts";
import { LINE_MAX, TEXT_MAX, type WorkerLine } from "../../src/work/protocol.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { ScriptedChild } from "../support/scripted-worker.ts";

class Scene {
  readonly clock = new ManualClock();
  readonly child = new ScriptedChild();
  readonly heard: WorkerLine[] = [];
  /** While set, whoever tells waits for it. */
  full: PromiseWithResolvers<void> | undefined;
  readonly hearing = new Hearing(this.child, (line) => {
    this.heard.push(line);
    return this.full?.promise;
  }, this.clock);

  get texts(): string[] {
    return this.heard.map((line) => (line.kind === "log" ? `${line.log.source}: ${line.log.text}` : line.kind));
  }

  /** Whether finish() has come to its end. */
  finish(): { over: boolean } {
    const state = { over: false };
    void this.hearing.finish(() => this.child.close()).then(() => (state.over = true));
    return state;
  }
}

describe("Hearing", () => {
  test("passes on both streams, protocol of one alone, and no empty lines", async () => {
    const scene = new Scene();
    scene.child.stdout.write('a\n\n{"type":"progress"}\n');
    scene.child.stderr.write('b\n  \n{"type":"progress"}\n');
    await settle();
    assert.deepEqual(scene.texts.toSorted(), ["stderr: b", 'stderr: {"type":"progress"}', "stdout: a", "update"]);
  });

  test("takes a line that is too long for talk, and cuts it", async () => {
    const scene = new Scene();
    scene.child.stdout.write(`{"type":"progress","message":"${"x".repeat(LINE_MAX)}"}\n`);
    await settle();
    assert.deepEqual(scene.heard.map((line) => line.kind === "log" && [line.log.level, line.log.text.length]), [["warn", TEXT_MAX]]);
  });

  test("drops talk beyond the rate, says how much before it goes on, and drops nothing else", async () => {
    const scene = new Scene();
    scene.child.stdout.write("x\n".repeat(LINES_AT_ONCE + 50) + '{"type":"progress"}\n'.repeat(10));
    await settle();
    assert.equal(scene.heard.length, LINES_AT_ONCE + 1 + 10);
    assert.equal(scene.texts[LINES_AT_ONCE], `guard: 50 lines of the worker were dropped: more than ${LINES_PER_SECOND} a second are not kept`);
    assert.deepEqual(scene.texts.slice(LINES_AT_ONCE + 1), Array(10).fill("update"));
    await scene.clock.advance(1_000);
    scene.child.stderr.write("y\n".repeat(LINES_PER_SECOND + 1));
    const finish = scene.finish();
    scene.child.exit({ code: 0 });
    await scene.clock.advance(100);
    assert.ok(finish.over);
    assert.equal(scene.texts.filter((text) => text === "stderr: y").length, LINES_PER_SECOND);
    assert.match(scene.texts.at(-1) ?? "", /^guard: 1 lines/);
  });

  test("reads no faster than is allowed", async () => {
    const scene = new Scene();
    const chunk = `${"x".repeat(BYTES_PER_SECOND / 2 - 1)}\n`;
    for (let count = 0; count < 5; count++) scene.child.stdout.write(chunk);
    await settle();
    assert.equal(scene.child.stdout.taken, 3);
    await scene.clock.advance(500);
    assert.equal(scene.child.stdout.taken, 4);
    await scene.clock.advance(500);
    assert.equal(scene.child.stdout.taken, 5);
  });

  test("reads on only once what it has read was taken", async () => {
    const scene = new Scene();
    scene.full = Promise.withResolvers<void>();
    scene.child.stdout.write("a\nb\n");
    scene.child.stdout.write("c\n");
    await settle();
    assert.deepEqual([scene.texts, scene.child.stdout.taken], [["stdout: a"], 1]);
    scene.full.resolve();
    await settle();
    assert.deepEqual(scene.texts, ["stdout: a", "stdout: b", "stdout: c"]);
  });
});

describe("Hearing.finish()", () => {
  test("gives what was left in the pipes, and an unfinished line", async () => {
    const scene = new Scene();
    scene.child.stdout.write('{"type":"result","state":"success"}');
    const finish = scene.finish();
    scene.child.exit({ code: 0 });
    await settle();
    assert.deepEqual([scene.texts, finish.over], [["result"], true]);
  });

  test("closes pipes that somebody else holds and says nothing through", async () => {
    const scene = new Scene();
    const finish = scene.finish();
    await scene.clock.advance(900);
    assert.deepEqual([finish.over, scene.child.closed], [false, false]);
    await scene.clock.advance(200);
    assert.deepEqual([finish.over, scene.child.closed], [true, true]);
  });

  test("does not count the time for which nobody takes what it has", async () => {
    const scene = new Scene();
    scene.full = Promise.withResolvers<void>();
    scene.child.stdout.write("a\n");
    scene.child.stdout.write('{"type":"result","state":"success"}\n');
    await settle();
    const finish = scene.finish();
    await scene.clock.advance(60_000);
    assert.deepEqual([finish.over, scene.texts], [false, ["stdout: a"]]);
    scene.full.resolve();
    scene.full = undefined;
    await scene.clock.advance(100);
    assert.deepEqual(scene.texts, ["stdout: a", "result"]);
  });

  test("goes on for as long as something comes", async () => {
    const scene = new Scene();
    const finish = scene.finish();
    for (let nth = 1; nth <= 5; nth++) {
      await scene.clock.advance(600);
      scene.child.stdout.write(`${nth}\n`);
    }
    await scene.clock.advance(600);
    assert.deepEqual([scene.texts.length, finish.over], [5, false]);
  });

  test("stops listening to somebody who never stops", async () => {
    const scene = new Scene();
    const finish = scene.finish();
    for (let count = 0; count < 60 && !finish.over; count++) {
      scene.child.stdout.write(`${"x".repeat(100_000)}\n`);
      await scene.clock.advance(60);
    }
    // What is not read any more counts as silence.
    assert.ok(scene.child.stdout.taken < 30, String(scene.child.stdout.taken));
    await scene.clock.advance(2_000);
    assert.ok(finish.over);
  });
});
