// A block of a document, run as a reader would: in an empty folder with the binary in its place, in a clean environment.
// Nothing that it starts outlives it.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, linkSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { DocBlock } from "../../scripts/doc-blocks.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATIENCE_MS = 60_000;
const POLL_MS = 50;

export interface BlockResult {
  /** Exit code; 128 + signal number when killed. */
  code: number;
  /** Both streams, as they came. */
  output: string;
}

/** @throws Error with all output if a program beside it does not start, or what it waits for does not come. */
export async function runBlock(block: DocBlock, binary: string): Promise<BlockResult> {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  const groups: Group[] = [];
  try {
    placeBinary(folder, binary);
    const place = { cwd: block.inProject ? ROOT : folder, env: environment(folder) };
    for (const [index, args] of block.beside.entries()) {
      const beside = new Group(["exec", binary, args].join(" "), { ...place, log: join(folder, `.beside-${index}`) });
      groups.push(beside);
      await beside.started(args);
    }
    // The trap keeps the shell itself alive over Ctrl-C, so that the program's exit code becomes its own.
    const main = new Group(`set -eu\ntrap : INT\n${block.script}\n`, { ...place, log: join(folder, ".output") });
    groups.push(main);
    if (block.until !== undefined) {
      await main.output(block.until);
      main.signal("SIGINT");
    }
    const code = await main.ended();
    return { code, output: main.text };
  } finally {
    for (const group of groups) group.signal("SIGKILL");
    await Promise.all(groups.map((group) => group.gone));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As `npm run build` leaves it, as an unpacked archive has it, and as an installed command. */
function placeBinary(folder: string, binary: string): void {
  mkdirSync(join(folder, "dist"));
  mkdirSync(join(folder, ".bin"));
  const copy = join(folder, "dist/job-controller");
  try {
    linkSync(binary, copy);
  } catch {
    symlinkSync(binary, copy);
  }
  symlinkSync("dist/job-controller", join(folder, "job-controller"));
  symlinkSync("../dist/job-controller", join(folder, ".bin/job-controller"));
}

function environment(folder: string): Record<string, string> {
  return {
    PATH: `${join(folder, ".bin")}:${process.env.PATH ?? ""}`,
    HOME: process.env.HOME ?? folder,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
  };
}

/** A script with everything it starts, in a process group; output goes to a file. */
class Group {
  readonly gone: Promise<number>;
  readonly #child: ChildProcess;
  readonly #log: string;
  #over = false;

  constructor(script: string, { cwd, env, log }: { cwd: string; env: Record<string, string>; log: string }) {
    const file = openSync(log, "w");
    this.#log = log;
    this.#child = spawn("sh", ["-c", script], { cwd, env, stdio: ["ignore", file, file], detached: true });
    closeSync(file);
    this.gone = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.#over = true;
        resolve(code ?? (signal === "SIGKILL" ? 137 : 143));
      });
    });
  }

  get text(): string {
    return readFileSync(this.#log, "utf8");
  }

  signal(name: "SIGINT" | "SIGKILL"): void {
    try {
      process.kill(-(this.#child.pid ?? 0), name);
    } catch {
      // The group is empty.
    }
  }

  /** Waits for the program's own word that it works; a dev server has to listen, too. */
  async started(args: string): Promise<void> {
    if (args.startsWith("dev")) {
      await this.output("Stop with Ctrl-C");
      const port = Number(/https:\/\/[\w.]+:(\d+)/.exec(this.text)?.[1]);
      await this.#holds(`port ${port} is open`, () => canConnect(port));
    } else {
      await this.output("jobs controller started");
    }
  }

  async output(text: string): Promise<void> {
    await this.#holds(`output has ${JSON.stringify(text)}`, () => Promise.resolve(this.text.includes(text)));
  }

  async ended(): Promise<number> {
    await this.#holds("it ended", () => Promise.resolve(this.#over));
    return this.gone;
  }

  async #holds(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await check())) {
      if (this.#over) throw new Error(`it ended with ${await this.gone} before ${what}:\n${this.text}`);
      if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}:\n${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "localhost");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
