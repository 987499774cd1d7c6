// Workers of tests as real processes: scripts in a directory of their own, and work-child.ts as the controller that runs
// them. Whatever is still there when a site is disposed is killed.

import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { WorkLog, WorkResult, WorkUpdate } from "../../src/work/worker.ts";
import { temporaryDirectory, type Directory } from "./certs.ts";
import { startScript } from "./children.ts";
import type { WorkChildOptions } from "./work-child.ts";

export class WorkSite implements AsyncDisposable {
  readonly #directory: Directory;
  readonly #children: WorkChild[] = [];

  private constructor(directory: Directory) {
    this.#directory = directory;
  }

  static async open(): Promise<WorkSite> {
    return new WorkSite(await temporaryDirectory("job-controller-work-"));
  }

  path(name: string): string {
    return join(this.#directory.path, name);
  }

  /** A shell script that runs in this directory; its path. The commands can name side files as they are. */
  async script(commands: string, name = "worker.sh"): Promise<string> {
    const path = this.path(name);
    await writeFile(path, `#!/bin/sh\ncd "${this.#directory.path}" || exit 99\n${commands}\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** Runs orders for a worker of these commands. */
  async work(commands: string, options: Partial<WorkChildOptions> = {}, env: Record<string, string> = {}): Promise<WorkChild> {
    return this.start({ workers: [`*=exec:${await this.script(commands)}`], ...options }, env);
  }

  start(options: WorkChildOptions, env: Record<string, string> = {}): WorkChild {
    const child = new WorkChild(startScript("work-child.ts", [JSON.stringify(options)], { env, stdio: ["pipe", "pipe", "pipe"] }));
    this.#children.push(child);
    return child;
  }

  /** The pids that a script has written to a side file, one a line, once there are `count`. */
  async pids(name: string, count = 1): Promise<number[]> {
    return eventually(() => {
      const lines = existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8").split("\n").filter((line) => line !== "") : [];
      return lines.length >= count ? lines.map(Number) : undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill();
    for (const name of readdirSync(this.#directory.path).filter((one) => one.endsWith(".pid"))) {
      for (const pid of await this.pids(name, 0)) if (isRunning(pid)) process.kill(pid, "SIGKILL");
    }
    await this.#directory[Symbol.asyncDispose]();
  }
}

interface Said {
  said: string;
  nth?: number;
  [field: string]: unknown;
}

export class WorkChild {
  readonly process: ChildProcess;
  readonly lines: Said[] = [];
  stderr = "";
  readonly #grew = new EventEmitter();
  #ended = false;

  constructor(child: ChildProcess) {
    this.process = child;
    this.#grew.setMaxListeners(0);
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Said);
      this.#grew.emit("grew");
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    child.once("close", () => {
      this.#ended = true;
      this.#grew.emit("grew");
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** The first line that fits, once it is there. */
  async until(fits: (line: Said) => boolean): Promise<Said> {
    for (;;) {
      const line = this.lines.find(fits);
      if (line !== undefined) return line;
      if (this.#ended) throw new Error(`ended before: ${this.stderr}${JSON.stringify(this.lines).slice(0, 2_000)}`);
      await once(this.#grew, "grew");
    }
  }

  async result(nth = 1): Promise<WorkResult> {
    return (await this.until(({ said, nth: of }) => said === "result" && of === nth))["result"] as WorkResult;
  }

  /** The pid of the guard that was started last. */
  async guard(): Promise<number> {
    await this.until(({ said }) => said === "guard-started");
    return this.lines.findLast(({ said }) => said === "guard-started")?.["pid"] as number;
  }

  async over(): Promise<Said> {
    return this.until(({ said }) => said === "over");
  }

  get updates(): WorkUpdate[] {
    return this.lines.filter(({ said }) => said === "progress").map(({ update }) => update as WorkUpdate);
  }

  get talk(): WorkLog[] {
    return this.lines.filter(({ said }) => said === "line").map(({ level, text, source }) => ({ level, text, source }) as WorkLog);
  }

  /** Texts of one stream of the worker. */
  texts(source: WorkLog["source"]): string[] {
    return this.talk.filter((line) => line.source === source).map(({ text }) => text);
  }

  /** `cancel`: the work is to stop; `fade`: the lease is renewed no more. */
  tell(word: "cancel" | "fade"): void {
    this.process.stdin?.write(`${word}\n`);
  }

  /** Not child.kill(): under Deno that would decide what it is said to have ended with. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#ended) process.kill(this.pid, signal);
  }

  kill(): void {
    this.signal("SIGKILL");
  }
}

/** What `look` gives, once it gives something; tests have a limit of their own. */
export async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !"ZX".includes(stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3));
  } catch {
    return !existsSync("/proc/self/stat");
  }
}

/** Resolves once none of them runs. */
export function gone(pids: readonly number[]): Promise<true> {
  return eventually(() => (pids.some(isRunning) ? undefined : true));
}
