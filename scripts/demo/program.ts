// The compiled binary as a child of the demo: what it writes, its end. Every one that was started can be ended at once.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Everything the programs share; relative, so that the commands read well and work from the project's folder. */
export const FOLDER = ".cache/demo";
export const BINARY = "dist/job-controller";
/** No single step takes a third of this. */
export const PATIENCE_MS = 30_000;

export interface Line {
  msg?: string;
  [field: string]: unknown;
}

/** A child with everything it said. It has a process group of its own: Ctrl-C reaches it through stop() only. */
export class Program {
  static readonly all: Program[] = [];
  readonly name: string;
  readonly lines: string[] = [];
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  #ended: string | undefined;
  #heard: (() => void)[] = [];

  constructor(name: string, args: string[], env: Record<string, string> = {}) {
    this.name = name;
    this.#child = spawn(join(ROOT, BINARY), args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        const parts = (rest + chunk).split("\n");
        rest = parts.pop() ?? "";
        this.lines.push(...parts);
        this.#wake();
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (how: string, code: number) => {
        this.#ended = how;
        this.#wake();
        resolve(code);
      };
      this.#child.once("error", (error) => end(`did not start: ${error.message}`, 127));
      this.#child.once("close", (code, signal) => end(signal === null ? `exited with ${code}` : `ended by ${signal}`, code ?? 1));
    });
    Program.all.push(this);
  }

  /** What `read` makes of the first line, past or future, for which it makes anything. */
  async until<T>(what: string, read: (line: string) => T | undefined): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let at = 0; ;) {
      for (; at < this.lines.length; at++) {
        const found = read(this.lines[at] ?? "");
        if (found !== undefined) return found;
      }
      if (this.#ended !== undefined) throw new Error(`the ${this.name} ${this.#ended} before ${what}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`the ${this.name} did not say within ${PATIENCE_MS / 1000} s: ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#heard.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Orderly if it can be; resolves with the exit code. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.kill(), 5_000);
    const code = await this.exited;
    clearTimeout(force);
    return code;
  }

  #wake(): void {
    for (const heard of this.#heard.splice(0)) heard();
  }
}

/** The first of several that says something, with what it said. */
export async function firstOf(
  programs: readonly Program[],
  what: string,
  read: (line: string) => string | undefined,
): Promise<{ program: Program; line: string }> {
  const waits = programs.map(async (program) => ({ program, line: await program.until(what, read) }));
  try {
    return await Promise.any(waits);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}

export function record(line: string): Line | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as Line;
}

/** For until(): the line itself, if it says this and passes. */
export function saying(msg: string, passes: (line: Line) => boolean = () => true): (text: string) => string | undefined {
  return (text) => {
    const line = record(text);
    return line?.msg === msg && passes(line) ? text : undefined;
  };
}

/** @throws Error with the first line above INFO that is not expected. */
export function noComplaints({ name, lines }: Program, expected: (text: string) => unknown = () => undefined): void {
  const complaint = lines.find((line) => !["INFO", "DEBUG"].includes(String(record(line)?.["level"])) && expected(line) === undefined);
  if (complaint !== undefined) throw new Error(`the ${name} complained: ${complaint}`);
}
