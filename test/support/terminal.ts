// A shell at a terminal of its own: keys in, its command line out. `script` of util-linux makes the terminal.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/** A shell that reads nobody's settings, and lines for it to read first; one makes Ctrl-X p print `<<command line>>`. */
export interface ShellKind {
  command: string;
  setUp: readonly string[];
}

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  #changed: () => void = () => {};

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      this.#output += text;
      this.#changed();
    });
  }

  /** A shell in this folder, which is its home, too. */
  static async start({ command, setUp }: ShellKind, folder: string): Promise<Terminal> {
    const env = { PATH: process.env["PATH"], HOME: folder, TERM: "dumb", LC_ALL: "C.UTF-8", SHELL: "/bin/sh" };
    const terminal = new Terminal(spawn("script", ["-qfec", `stty cols 200 rows 60; exec ${command}`, "/dev/null"], { cwd: folder, env }));
    // Put together by the shell, so that the echo of the keys is not taken for it.
    for (const line of [...setUp, "echo set-u''p-is-done"]) terminal.#child.stdin.write(`${line}\r`);
    await terminal.#until(/set-up-is-done/);
    return terminal;
  }

  /** What the command line is after these keys. Nothing of it is left. */
  async lineAfter(keys: string): Promise<string> {
    const line = await this.printedAfter(`${keys}\u0018p`);
    this.#child.stdin.write("\u0015");
    return line;
  }

  /** What is printed between `<<` and `>>` after these keys. */
  async printedAfter(keys: string): Promise<string> {
    this.#output = "";
    this.#child.stdin.write(keys);
    return (await this.#until(/<<([^]*)>>/))[1] ?? "";
  }

  async #until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.stdin.end();
    this.#child.kill("SIGTERM");
    await ended;
  }
}
