import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { ended, startScript } from "../support/children.ts";

async function started(): Promise<{ child: ChildProcess; next: () => Promise<string> }> {
  const child = startScript("signals-child.ts", [], { stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const next = () => new Promise<string>((resolve) => lines.once("line", resolve));
  assert.equal(await next(), "ready");
  return { child, next };
}

// Not child.kill(): under Deno that also decides what the child is said to have ended with.
function send(child: ChildProcess, signal: string): void {
  process.kill(child.pid as number, signal);
}

describe("installProcessEvents()", () => {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    test(`drains on the first ${signal} and forces ${code} on the second`, { timeout: 60_000 }, async () => {
      const { child, next } = await started();
      const done = ended(child);
      const line = next();
      send(child, signal);
      assert.equal(await line, `drain ${signal}`);
      send(child, signal);
      const end = await done;
      assert.deepEqual([end.code, end.signal, end.stderr], [code, null, `force ${signal}\n`]);
    });
  }

  test("forces by the second signal's number when the two differ", { timeout: 60_000 }, async () => {
    const { child, next } = await started();
    const done = ended(child);
    const line = next();
    send(child, "SIGINT");
    await line;
    send(child, "SIGTERM");
    assert.equal((await done).code, 143);
  });

  for (const [signal, code] of [["SIGQUIT", 131], ["SIGABRT", 134]] as const) {
    test(`forces ${code} on ${signal} and dumps no core`, { timeout: 60_000 }, async () => {
      const { child } = await started();
      const done = ended(child);
      send(child, signal);
      const end = await done;
      assert.deepEqual([end.code, end.signal], [code, null]);
    });
  }

  test("reports what nobody caught and goes on", { timeout: 60_000 }, async () => {
    const { child, next } = await started();
    const done = ended(child);
    for (const [command, said] of [["throw", "crash an exception"], ["reject", "crash a rejection"], ["throw", "crash an exception"]]) {
      const line = next();
      child.stdin?.write(`${command}\n`);
      assert.equal(await line, said);
    }
    send(child, "SIGQUIT");
    assert.equal((await done).code, 131);
  });
});
