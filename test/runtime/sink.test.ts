import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { Writable } from "node:stream";
import { describe, test } from "node:test";
import { createStdoutSink } from "../../src/runtime/sink.ts";
import { ended, scriptCommand } from "../support/children.ts";
import { settle } from "../support/manual-clock.ts";

/** A stream whose reader takes one write at a time, when told to. */
function slowStream() {
  const taken: string[] = [];
  let release: (() => void) | undefined;
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(text: string, _encoding, done) {
      taken.push(text);
      release = done;
    },
  });
  /** Takes one write; false if there was none. */
  async function take(): Promise<boolean> {
    const done = release;
    if (done === undefined) return false;
    release = undefined;
    done();
    await settle();
    return true;
  }
  return {
    stream,
    take,
    /** Takes everything that is there. */
    async drain() {
      while (await take());
    },
    lines: () => taken.join("").split("\n").slice(0, -1),
  };
}

describe("createStdoutSink()", () => {
  test("writes lines in order and keeps those that the reader has not taken", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream);
    for (let line = 0; line < 1000; line++) sink.write(`line ${line}`, "info");
    assert.deepEqual(slow.lines(), ["line 0"]);
    assert.equal(sink.queuedBytes, 10 * 7 + 90 * 8 + 900 * 9);
    await slow.drain();
    assert.deepEqual(slow.lines(), Array.from({ length: 1000 }, (_, line) => `line ${line}`));
    assert.equal(sink.queuedBytes, 0);
  });

  test("writes a line at once, and what follows in the same turn together behind it, 64 KiB at a time", async () => {
    const writes: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      highWaterMark: 1024 * 1024,
      write(text: string, _encoding, done) {
        writes.push(text);
        done();
      },
    });
    const sink = createStdoutSink(stream);
    const sizes = () => writes.splice(0).map((text) => text.length);
    for (let line = 0; line < 4; line++) sink.write("one", "info");
    assert.deepEqual(sizes(), [4]);
    assert.equal(sink.queuedBytes, 12);
    await settle();
    assert.deepEqual(sizes(), [12]);
    for (let line = 0; line < 10; line++) sink.write("x".repeat(9_999), "info");
    assert.deepEqual(sizes(), [10_000, 60_000, 10_000]);
    await settle();
    assert.deepEqual(sizes(), [20_000]);
    assert.equal(sink.queuedBytes, 0);
  });

  test("counts bytes, not characters", () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream);
    sink.write("größe", "info");
    assert.equal(sink.queuedBytes, 8);
  });

  test("is ready below the high mark, and again once half of it has gone", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream, { highBytes: 200_000 });
    const line = "x".repeat(999);
    for (let count = 0; count < 199; count++) sink.write(line, "info");
    await sink.ready();
    sink.write(line, "info");
    let ready = false;
    const waiting = sink.ready().then(() => {
      ready = true;
    });
    const seen: [queued: number, ready: boolean][] = [];
    for (let take = 0; take < 3; take++) {
      await slow.take();
      seen.push([sink.queuedBytes, ready]);
    }
    assert.deepEqual(seen, [[199_000, false], [134_000, false], [69_000, true]]);
    await waiting;
    await slow.drain();
    assert.equal(slow.lines().length, 200);
  });

  test("stops waiting with the signal's reason", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream, { highBytes: 10 });
    sink.write("a line of more than that", "info");
    const stop = new AbortController();
    const waiting = sink.ready(stop.signal);
    const reason = new Error("shutdown");
    stop.abort(reason);
    await assert.rejects(waiting, (error) => error === reason);
    await assert.rejects(sink.ready(stop.signal), (error) => error === reason);
  });

  test("drops debug lines alone when the reader is slow and tells how many once it has caught up", async () => {
    const slow = slowStream();
    const dropped: number[] = [];
    const sink = createStdoutSink(slow.stream, {
      debugBytes: 100,
      onDropped(count) {
        dropped.push(count);
        sink.write(`${count} debug lines dropped`, "warn");
      },
    });
    for (let line = 0; line < 50; line++) {
      sink.write(`debug ${line}`, "debug");
      sink.write(`info ${line}`, "info");
    }
    assert.deepEqual(dropped, []);
    await slow.drain();
    const lines = slow.lines();
    assert.deepEqual(
      lines.filter((line) => line.startsWith("info")),
      Array.from({ length: 50 }, (_, line) => `info ${line}`),
    );
    const kept = lines.filter((line) => line.startsWith("debug")).length;
    assert.ok(kept > 0 && kept < 50, `${kept} kept`);
    assert.deepEqual(dropped, [50 - kept]);
    assert.equal(lines.at(-1), `${50 - kept} debug lines dropped`);
  });

  test("ends with what was queued and loses what comes later", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream);
    for (let line = 0; line < 10; line++) sink.write(`line ${line}`, "info");
    const end = sink.end(60_000);
    await slow.drain();
    assert.equal(await end, true);
    sink.write("too late", "info");
    assert.equal(slow.lines().length, 10);
  });

  test("says that it could not end in time", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream);
    sink.write("line", "info");
    assert.equal(await sink.end(1), false);
  });

  test("waits for its reader also where the time is longer than a timer can be", async () => {
    const slow = slowStream();
    const sink = createStdoutSink(slow.stream);
    sink.write("line", "info");
    const end = sink.end(3_600_000_000);
    const early = new Promise((resolve) => setTimeout(resolve, 20, "still waiting"));
    assert.equal(await Promise.race([end, early]), "still waiting");
    await slow.drain();
    assert.equal(await end, true);
  });

  test("is closed by a write error, lets everybody go on and takes nothing more", async () => {
    let fail: ((error: Error) => void) | undefined;
    const stream = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        fail = done;
      },
    });
    const sink = createStdoutSink(stream, { highBytes: 10 });
    sink.write("a line of more than that", "info");
    const waiting = sink.ready();
    const end = sink.end(60_000);
    fail?.(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    assert.equal(await sink.closed, "EPIPE");
    await waiting;
    assert.equal(await end, false);
    sink.write("nobody reads this", "info");
    assert.equal(sink.queuedBytes, 0);
  });
});

describe("createStdoutSink(), a stream that throws", () => {
  test("is closed by what write() throws and does not throw itself", async () => {
    const { stream } = slowStream();
    stream.write = () => {
      throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    };
    const sink = createStdoutSink(stream);
    sink.write("line", "info");
    assert.equal(await sink.closed, "ENOSPC");
    assert.equal(sink.queuedBytes, 0);
    assert.equal(await sink.end(60_000), false);
  });
});

describe("stdout as a pipe", () => {
  test("loses no line to a reader that starts late", { timeout: 60_000 }, async () => {
    const count = 50_000;
    const pipeline = 'exec 3<&0; "$0" "$@" </dev/null | { read go <&3; cat; }';
    const child = spawn("sh", ["-c", pipeline, ...scriptCommand("sink-child.ts", ["all", String(count)])], { stdio: ["pipe", "pipe", "pipe"] });
    const done = ended(child);
    // Deno writes synchronously: there the reader has to start first.
    if ("Bun" in globalThis) await new Promise((resolve) => child.stderr.once("data", resolve));
    child.stdin.end("go\n");
    const { stdout, stderr } = await done;
    assert.equal(stderr, "queued\n");
    const numbers = stdout.split("\n").slice(0, -1).map((line) => Number(line.slice(0, 8)));
    assert.equal(numbers.length, count);
    assert.ok(numbers.every((number, at) => number === at + 1));
  });

  test("tells that the reader has gone", { timeout: 60_000 }, async () => {
    const child = spawn("sh", ["-c", '"$0" "$@" </dev/null | head -n 1', ...scriptCommand("sink-child.ts", ["until-closed"])], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = await ended(child);
    assert.equal(stdout.slice(0, 8), "00000001");
    assert.equal(stderr, "closed EPIPE\n");
  });
});
