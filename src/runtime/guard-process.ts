// The guard as a process: this program once more, started with a hidden word, a pipe to its input and one from its output.

import { spawn } from "node:child_process";
import type { GuardLink } from "../base/processes.ts";
import { chunksOf } from "./children.ts";
import { isCompiled } from "./hardening.ts";

/** How this process was started. */
export interface Self {
  execPath: string;
  /** The source file that runs, or its place inside of the compiled binary: `process.argv[1]`. */
  entry: string;
  platform: string;
  host: "bun" | "deno";
}

/** Command and arguments that start this program again with `word` in front. */
export function selfCommand({ execPath, entry, platform, host }: Self, word: string): [string, ...string[]] {
  // By this name it is the very file that runs, also when another version was put in its place meanwhile.
  const file = platform === "linux" ? "/proc/self/exe" : execPath;
  if (isCompiled(entry)) return [file, word];
  return host === "deno" ? [file, "run", "-A", "--quiet", "--no-prompt", entry, word] : [file, entry, word];
}

/**
 * Starts it in a session of its own, so that neither a terminal's Ctrl-C nor a signal to our group reaches it.
 * @throws Error if it cannot be started.
 */
export function startGuardProcess([file, ...args]: readonly [string, ...string[]], env: Readonly<Record<string, string>>, complain: (line: string) => void): GuardLink {
  const child = spawn(file, args, { detached: true, env: { ...env }, stdio: ["pipe", "pipe", "pipe"] });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.stdout.on("error", () => {});
  child.stderr.on("error", () => {}).setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n")) if (line.trim() !== "") complain(line.slice(0, STDERR_MAX));
  });
  if (child.pid === undefined) throw new Error(`${file} cannot be started`);
  return {
    pid: child.pid,
    send: (line) => void child.stdin.write(line),
    output: chunksOf(child.stdout),
    end: () => void child.stdin.end(),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** What the host itself may need of our environment; what workers get of it is told to the guard with each of them. */
const GUARD_VARIABLES = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DENO_DIR"];

/** Starts this very process's program as the guard; `word` is what tells it so, `complain` takes what it writes to standard error. */
export function guardStarter(
  host: Self["host"],
  word: string,
  env: Readonly<Record<string, string | undefined>>,
  complain: (line: string) => void,
): () => GuardLink {
  const command = selfCommand({ execPath: process.execPath, entry: process.argv[1] ?? "", platform: process.platform, host }, word);
  const passed = Object.fromEntries(GUARD_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))) as Record<string, string>;
  return () => startGuardProcess(command, passed, complain);
}

/** Nothing of ours writes there; what the host says when it breaks down is cut, characters. */
const STDERR_MAX = 500;
