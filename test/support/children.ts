// Child processes of tests: scripts of ours on the runtime that runs the test, and what they wrote.

import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Command and arguments that run a script of test/support on the runtime of this test. */
export function scriptCommand(script: string, args: readonly string[] = []): [command: string, ...args: string[]] {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  return "Bun" in globalThis ? [process.execPath, path, ...args] : [process.execPath, "run", "-A", "--no-check", path, ...args];
}

export function startScript(
  script: string,
  args: readonly string[] = [],
  options: { env?: Record<string, string>; stdio?: StdioOptions } = {},
): ChildProcess {
  const [command, ...rest] = scriptCommand(script, args);
  return spawn(command, rest, { stdio: options.stdio ?? ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env } });
}

export interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Everything that a child writes, once it has ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...texts }));
  });
}
