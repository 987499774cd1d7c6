// action.yml → its shell steps, each run as the runner of GitHub runs it, and what they leave to the steps after them.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ended } from "../support/children.ts";

export interface Step {
  name: string;
  id?: string;
  if?: string;
  shell: string;
  env: Record<string, string>;
  run: string;
}

export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

export function readAction(root: string): Action {
  return parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;
}

/** What the steps left: in the order of the runner's own files. */
export interface Job {
  code: number | null;
  /** Both streams of all steps. */
  output: string;
  path: string[];
  env: Record<string, string>;
  outputs: Record<string, string>;
}

/**
 * Runs the action that lies in `root`, up to the first step that fails, with its own defaults for inputs that are not given.
 * @param folder Takes the runner's files and is its RUNNER_TEMP; @param own Environment beside what a runner sets.
 */
export async function runAction(root: string, inputs: Record<string, string>, folder: string, own: Record<string, string>): Promise<Job> {
  const action = readAction(root);
  const given = Object.fromEntries(Object.entries(action.inputs).map(([name, { default: value }]) => [`inputs.${name}`, inputs[name] ?? value]));
  const files = { GITHUB_PATH: join(folder, "path"), GITHUB_ENV: join(folder, "env"), GITHUB_OUTPUT: join(folder, "output") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  const job: Job = { code: 0, output: "", path: [], env: {}, outputs: {} };
  const context = (): Record<string, string> => ({
    ...given,
    ...Object.fromEntries(Object.entries(job.outputs).map(([name, value]) => [`steps.install.outputs.${name}`, value])),
  });
  for (const step of action.runs.steps) {
    if (step.if !== undefined && !holds(step.if, context())) continue;
    const script = join(folder, "step.sh");
    writeFileSync(script, step.run);
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: folder,
      env: {
        ...own,
        ...files,
        RUNNER_TEMP: folder,
        GITHUB_ACTION_PATH: root,
        ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, evaluated(text, context())])),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout, stderr } = await ended(child);
    job.code = code;
    job.output += `${stdout}${stderr}`;
    job.path = lines(files.GITHUB_PATH);
    job.env = pairs(files.GITHUB_ENV);
    job.outputs = pairs(files.GITHUB_OUTPUT);
    if (code !== 0) break;
  }
  return job;
}

function evaluated(text: string, context: Record<string, string>): string {
  return text.replace(/\$\{\{ (\S+) \}\}/g, (_all, name: string) => context[name] ?? "");
}

/** Of the form `inputs.dev == 'true'`. */
function holds(condition: string, context: Record<string, string>): boolean {
  const [, name = "", value] = /^(\S+) == '(.*)'$/.exec(condition) ?? [];
  if (value === undefined) throw new Error(`Cannot read the condition "${condition}": expected NAME == 'TEXT'`);
  return context[name] === value;
}

function lines(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
}

function pairs(path: string): Record<string, string> {
  return Object.fromEntries(lines(path).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
