// A program that is measured, while it runs: its lines are counted as they arrive and, where asked for, kept, or their uids
// stamped with the time of arrival. What the kernel says of it, too.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { NOTIFICATION, STARTED } from "../../support/controller.ts";
import { type Facts, facts } from "./proc.ts";

export interface Subject {
  name: string;
  binary: string;
  args: readonly string[];
}

/** Wall time, ms, with fractions. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

export class Running implements AsyncDisposable {
  readonly spawnedAt = performance.now();
  /** ms from spawn to the first byte that it wrote. */
  firstMs: number | undefined;
  /** ms from spawn to `jobs controller started`. */
  startedMs: number | undefined;
  notifications = 0;
  /** uid to wall time. */
  readonly arrivals = new Map<string, number>();
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  /** Nothing outlives the run, however that ends. */
  readonly #kill = () => void this.#child.kill("SIGKILL");
  #changed: (() => void)[] = [];

  constructor({ binary, args }: Subject, extra: readonly string[] = [], keep: { stamps?: boolean; lines?: boolean } = {}) {
    this.#child = spawn(binary, [...args, ...extra], { env: { PATH: process.env["PATH"] ?? "" }, stdio: ["ignore", "pipe", "inherit"] });
    process.once("exit", this.#kill);
    this.#exited = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const at = wallMs();
      this.firstMs ??= performance.now() - this.spawnedAt;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (keep.lines) this.lines.push(...lines);
      for (const line of lines) {
        if (line.includes(NOTIFICATION)) {
          this.notifications++;
          if (keep.stamps) this.arrivals.set(/"uid":"([^"]*)"/.exec(line)?.[1] ?? "", at);
        } else if (line.includes(STARTED)) this.startedMs = performance.now() - this.spawnedAt;
      }
      this.#tell();
    });
    void this.#exited.then(() => this.#tell());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  facts(): Facts {
    return facts(this.pid);
  }

  /** Asks again at each of its lines. @throws when it ends, or the time is over */
  async until(holds: () => boolean, withinMs: number): Promise<void> {
    const givesUpAt = performance.now() + withinMs;
    const timer = setTimeout(() => this.#tell(), withinMs + 1);
    while (!holds()) {
      this.assertRunning();
      if (performance.now() >= givesUpAt) throw new Error(`${this.#child.spawnfile}: not so within ${withinMs} ms: ${holds}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
    clearTimeout(timer);
  }

  /** @throws when it has ended */
  assertRunning(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`${this.#child.spawnfile} ended early`);
  }

  started(): Promise<void> {
    return this.until(() => this.startedMs !== undefined, 120_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#kill);
    this.#kill();
    await this.#exited;
  }

  #tell(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }
}

/** The JSON lines that a program writes until it ends. */
export function toEnd({ binary, args }: Subject, extra: readonly string[] = []): Promise<Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...args, ...extra], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) reject(new Error(`${binary} ${args[0] ?? ""} ended with ${code}`));
      else resolve(text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>));
    });
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
