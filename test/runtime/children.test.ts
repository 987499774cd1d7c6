import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { groups, isRunnable, startChild } from "../../src/runtime/children.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { selfCommand } from "../../src/runtime/guard-process.ts";
import { OutputQueue } from "../../src/runtime/output-queue.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { eventually } from "../support/work-site.ts";

const ENV = { PATH: process.env["PATH"] ?? "" };

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text;
}

describe("startChild()", () => {
  test("gives the program a session of its own, the environment that is given, and no file of ours", { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory();
    await using secret = await open(await directory.write("secret", ""));
    assert.ok(secret.fd > 2);
    const { openPipe } = await detectHost();
    const script = "cut -d' ' -f5,6 /proc/$$/stat; tr '\\0' '\\n' </proc/$$/environ | sort; cat; ls -l /proc/self/fd >&2; exit 3";
    const child = await startChild(["sh", "-c", script], { ...ENV, A: "b" }, openPipe);
    await child.write("typed\n");
    child.endInput();
    const [out, err, exit] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited]);
    assert.deepEqual([out, exit.code], [`${child.pid} ${child.pid}\nA=b\nPATH=${ENV.PATH}\ntyped\n`, 3]);
    assert.ok(!err.includes(directory.path), err);
    child.close();
  });

  for (const [file, code] of [["./there/is/none", "ENOENT"], ["no-such-program", "ENOENT"], [tmpdir(), "EACCES"]] as const) {
    test(`rejects with ${code} for ${file.startsWith("/") ? "a folder" : file}`, { timeout: 60_000 }, async () => {
      const { openPipe } = await detectHost();
      await assert.rejects(startChild([file], ENV, openPipe), (error) => (error as { code?: string }).code === code);
    });
  }

  test("rejects arguments that are too long", { timeout: 60_000 }, async () => {
    const { openPipe } = await detectHost();
    await assert.rejects(startChild(["sh", "x".repeat(10_000_000)], ENV, openPipe), /too long/i);
  });

  test("leaves no descriptor open, however a child ends", { timeout: 60_000 }, async () => {
    const host = await detectHost();
    const run = async () => {
      const child = await startChild(["sh", "-c", "echo hi; exec sleep 600"], ENV, host.openPipe);
      for await (const _ of child.stdout) break;
      groups.signal(child.pid, "SIGKILL");
      await child.exited;
      child.close();
      await assert.rejects(startChild(["./there/is/none"], ENV, host.openPipe));
    };
    await run();
    const before = host.openFiles?.();
    for (let count = 0; count < 20; count++) await run();
    await eventually(() => ((host.openFiles?.() ?? 0) <= (before ?? 0) + 3 ? true : undefined));
  });
});

describe("groups", () => {
  test("reach all of a group, and know when the last of it has ended", { timeout: 60_000 }, async () => {
    const { openPipe } = await detectHost();
    const child = await startChild(["sh", "-c", "trap '' TERM; sleep 600 & echo started; wait"], ENV, openPipe);
    for await (const _ of child.stdout) break;
    assert.ok(groups.alive(child.pid));
    groups.signal(child.pid, "SIGTERM");
    groups.signal(child.pid, "SIGKILL");
    await child.exited;
    await eventually(() => (groups.alive(child.pid) ? undefined : true));
    groups.signal(child.pid, "SIGKILL");
    child.close();
  });

  test("are found by what their processes were started with", { timeout: 60_000 }, async () => {
    const { openPipe } = await detectHost();
    const start = (uid: string) => startChild(["sleep", "600"], { ...ENV, JOB_UID: uid, JOB_ATTEMPT: "1" }, openPipe);
    const children = await Promise.all([start(`uid-${process.pid}-a`), start(`uid-${process.pid}-b`)]);
    try {
      const look = (uid: string, attempt: string) => groups.find([`JOB_UID=uid-${process.pid}-${uid}`, `JOB_ATTEMPT=${attempt}`]);
      assert.deepEqual(await eventually(() => (look("a", "1").length > 0 ? look("a", "1") : undefined)), [children[0]?.pid]);
      assert.deepEqual([look("a", "2"), look("c", "1")], [[], []]);
    } finally {
      for (const child of children) {
        groups.signal(child.pid, "SIGKILL");
        child.close();
      }
      await Promise.all(children.map(({ exited }) => exited));
    }
  });

  test("count no process that only waits for its parent", { timeout: 60_000 }, async () => {
    // The shell becomes a program that never asks for its children.
    const parent = spawn("sh", ["-c", "setsid sh -c 'echo $$' & exec sleep 600"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [line] = await Promise.all([new Promise<string>((resolve) => parent.stdout.setEncoding("utf8").once("data", resolve))]);
      await eventually(() => (groups.alive(Number(line)) ? undefined : true));
      process.kill(Number(line), 0);
    } finally {
      process.kill(parent.pid as number, "SIGKILL");
    }
  });
});

describe("isRunnable()", () => {
  test("looks at a path as it is and for a name in PATH", async () => {
    await using directory = await temporaryDirectory();
    const file = await directory.write("tool", "#!/bin/sh\n");
    const path = `/nowhere:${directory.path}`;
    assert.deepEqual([isRunnable(file, path), isRunnable("tool", path)], [false, false]);
    await chmod(file, 0o755);
    assert.deepEqual([isRunnable(file, ""), isRunnable("tool", path), isRunnable("tool", "/nowhere"), isRunnable(dirname(file), path)], [true, true, false, false]);
  });
});

describe("selfCommand()", () => {
  const self = { execPath: "/opt/bin/program", entry: "/app/src/main.ts", platform: "linux", host: "bun" } as const;

  for (const [what, how, command] of [
    ["the compiled program", { ...self, entry: "/$bunfs/root/job-controller" }, ["/proc/self/exe", "word"]],
    ["the compiled program elsewhere", { ...self, entry: "/$bunfs/root/job-controller", platform: "darwin" }, ["/opt/bin/program", "word"]],
    ["the source under Bun", self, ["/proc/self/exe", "/app/src/main.ts", "word"]],
    ["the source under Deno", { ...self, host: "deno" }, ["/proc/self/exe", "run", "-A", "--quiet", "--no-prompt", "/app/src/main.ts", "word"]],
  ] as const) {
    test(`starts ${what} again`, () => assert.deepEqual(selfCommand(how, "word"), command));
  }
});

describe("OutputQueue", () => {
  test("writes one text after the other, and asks to wait when much waits", async () => {
    const written: number[] = [];
    const gate = Promise.withResolvers<void>();
    const queue = new OutputQueue((bytes) => {
      written.push(bytes.length);
      return gate.promise;
    });
    assert.equal(queue.write("x".repeat(1_000_000)), undefined);
    const wait = queue.write("y".repeat(100_000));
    assert.ok(wait instanceof Promise);
    assert.deepEqual(written, [1_000_000]);
    gate.resolve();
    await wait;
    await queue.written;
    assert.deepEqual(written, [1_000_000, 100_000]);
    assert.equal(queue.write("z"), undefined);
  });

  test("lets everybody go once nobody reads", async () => {
    const queue = new OutputQueue(() => Promise.reject(new Error("EPIPE")));
    await queue.write("x".repeat(2_000_000));
    await queue.written;
    assert.equal(queue.write("x".repeat(2_000_000)), undefined);
  });
});
