// action.yml and the steps of a job → each run as the runner of GitHub runs it, and what they leave to those after them.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { ended } from "../support/children.ts";

export interface Step {
  name: string;
  id?: string;
  if?: string;
  env?: Record<string, string>;
  run: string;
}

export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: (Step & { shell: string })[] };
}

export function readAction(root: string): Action {
  return parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;
}

/** One job on a machine of its own: `folder` is where its steps start, and RUNNER_TEMP. */
export class Runner {
  /** Of the last step. */
  code: number | null = 0;
  /** Both streams of all steps. */
  output = "";
  readonly #folder: string;
  readonly #own: Record<string, string>;
  readonly #groups: number[] = [];

  /** @param own Environment of the machine. */
  constructor(folder: string, own: Record<string, string>) {
    this.#folder = folder;
    this.#own = own;
    for (const name of Object.values(FILES)) writeFileSync(join(folder, name), "");
  }

  get path(): string[] {
    return this.#lines("path");
  }

  get env(): Record<string, string> {
    return this.#pairs("env");
  }

  get outputs(): Record<string, string> {
    return this.#pairs("output");
  }

  /** The action that lies in `root`, up to its first step that fails, with its defaults for inputs that are not given. */
  async use(root: string, inputs: Record<string, string>): Promise<void> {
    const action = readAction(root);
    const given = Object.entries(action.inputs).map(([name, { default: value }]) => [`inputs.${name}`, inputs[name] ?? value]);
    for (const step of action.runs.steps) {
      const outputs = Object.entries(this.outputs).map(([name, value]) => [`steps.install.outputs.${name}`, value]);
      const context = Object.fromEntries([...given, ...outputs]) as Record<string, string>;
      if (step.if !== undefined && !holds(step.if, context)) continue;
      const env = Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluated(text, context)]);
      await this.run(step.run, { GITHUB_ACTION_PATH: root, ...Object.fromEntries(env) }, ["-eo", "pipefail"]);
      if (this.code !== 0) return;
    }
  }

  /** The script of one step. A step that names no shell gets `bash -e`. */
  async run(script: string, env: Record<string, string> = {}, flags: string[] = ["-e"]): Promise<void> {
    const file = join(this.#folder, "step.sh");
    writeFileSync(file, script);
    const files = Object.entries(FILES).map(([variable, name]) => [variable, join(this.#folder, name)]);
    const child = spawn("bash", ["--noprofile", "--norc", ...flags, file], {
      cwd: this.#folder,
      env: {
        ...this.#own,
        PATH: [...this.path, this.#own.PATH].join(":"),
        RUNNER_TEMP: this.#folder,
        ...Object.fromEntries(files),
        ...this.env,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) this.#groups.push(child.pid);
    const { code, stdout, stderr } = await ended(child);
    this.code = code;
    this.output += `${stdout}${stderr}`;
  }

  /** Ends what the steps left running, as the runner does. */
  close(): void {
    for (const group of this.#groups) {
      try {
        process.kill(-group, "SIGKILL");
      } catch {
        // Nothing of it is left.
      }
    }
  }

  #lines(name: string): string[] {
    return readFileSync(join(this.#folder, name), "utf8").split("\n").filter((line) => line !== "");
  }

  #pairs(name: string): Record<string, string> {
    return Object.fromEntries(this.#lines(name).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  }
}

const FILES = { GITHUB_PATH: "path", GITHUB_ENV: "env", GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary" };

function evaluated(text: string, context: Record<string, string>): string {
  return text.replace(/\$\{\{ (\S+) \}\}/g, (_all, name: string) => context[name] ?? "");
}

/** Of the form `inputs.dev == 'true'`. */
function holds(condition: string, context: Record<string, string>): boolean {
  const [, name = "", value] = /^(\S+) == '(.*)'$/.exec(condition) ?? [];
  if (value === undefined) throw new Error(`Cannot read the condition "${condition}": expected NAME == 'TEXT'`);
  return context[name] === value;
}
