// The compiled controller as a child process: flags in, its lines out as records that can be awaited.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where `npm run build` puts the binary; JOB_CONTROLLER_BINARY names another. */
export const BINARY = process.env.JOB_CONTROLLER_BINARY ?? fileURLToPath(new URL("../../dist/job-controller", import.meta.url));

/** A command and what stands between it and the arguments proper: how a program is started that this machine may not start by itself. */
export type Program = readonly [command: string, ...before: string[]];

export interface Line {
  time: string;
  level: string;
  msg: string;
  [field: string]: unknown;
}

export const NOTIFICATION = "job create notification received";
export const STARTED = "jobs controller started";

/** The environment of a child that shall see nothing of this one's settings. */
export const CLEAN_ENV = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/" };

/** What a child gets of its surroundings; the environment on top of a clean one. */
export interface ChildOptions {
  env?: Record<string, string>;
  cwd?: string;
}

export class Controller {
  readonly lines: Line[] = [];
  /** stdout lines that were not JSON. */
  readonly garbage: string[] = [];
  stderr = "";
  /** Exit code, or 128 + signal number as a shell says it; resolves once all output was read. */
  readonly exited: Promise<number>;
  /** The signal that ended it, null while it runs and when it ended by itself. */
  endedBy: NodeJS.Signals | null = null;
  readonly #child: ChildProcess;
  #over: Error | undefined;
  #waiting: { match: (line: Line) => boolean; found: (line: Line) => void; lost: (reason: Error) => void }[] = [];

  constructor(flags: readonly string[], options: ChildOptions & { program?: Program } = {}) {
    const { program: [command, ...before] = [BINARY], cwd, env } = options;
    this.#child = spawn(command, [...before, ...flags], { cwd, env: { ...CLEAN_ENV, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(part);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (this.stderr += chunk));
    this.exited = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.endedBy = signal;
        this.#over = new Error(`the controller ended with ${code ?? signal}; ${this.tail()}`);
        for (const { lost } of this.#waiting.splice(0)) lost(this.#over);
        resolve(code ?? 128 + (SIGNAL_NUMBER[signal ?? ""] ?? 0));
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Lines with this message so far. */
  of(msg: string): Line[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  /** The first line, past or future, that matches; rejects when the program ends without it or after `withinMs`. */
  until(match: (line: Line) => boolean, withinMs = 60_000): Promise<Line> {
    const past = this.lines.find(match);
    if (past !== undefined) return Promise.resolve(past);
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`no such line within ${withinMs} ms; ${this.tail()}`)), withinMs);
      const found = (line: Line) => (clearTimeout(giveUp), resolve(line));
      const lost = (reason: Error) => (clearTimeout(giveUp), reject(reason));
      this.#waiting.push({ match, found, lost });
    });
  }

  /** The notification of this uid. */
  notified(uid: string | undefined): Promise<Line> {
    return this.until((line) => line.msg === NOTIFICATION && line.uid === uid);
  }

  started(): Promise<Line> {
    return this.until((line) => line.msg === STARTED);
  }

  /** Notifications per uid. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { uid } of this.of(NOTIFICATION)) counts.set(String(uid), (counts.get(String(uid)) ?? 0) + 1);
    return counts;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to end and waits; the exit code. */
  stop(): Promise<number> {
    this.signal("SIGTERM");
    return this.exited;
  }

  /** For the messages of failing tests. */
  tail(): string {
    return `last lines:\n${[...this.lines.slice(-10).map((line) => JSON.stringify(line)), this.stderr.slice(-2000)].join("\n")}`;
  }

  #take(text: string): void {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      this.garbage.push(text);
      return;
    }
    this.lines.push(line);
    this.#waiting = this.#waiting.filter(({ match, found }) => {
      if (!match(line)) return true;
      found(line);
      return false;
    });
  }
}

const SIGNAL_NUMBER: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };
