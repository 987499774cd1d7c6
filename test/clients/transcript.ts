// Scripts of clients and what came of them. In: steps, an environment. Out: what each step printed, normalised, a line each.
// Knows no server.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/** A step of a script, and the shell text that does it. */
export interface Step {
  title: string;
  shell: string;
}

/** What a step printed: standard output, standard error behind `! `, and the exit code. */
export interface Outcome {
  title: string;
  lines: readonly string[];
}

export interface Ended {
  out: string;
  err: string;
  code: number;
}

type Normalise = (text: string) => string;

/** A shell script of steps: what stands before the first `## title` is done before each of them. */
export function stepsOf(script: string): Step[] {
  const [preamble = "", ...steps] = script.split(/^## /m);
  return steps.map((text) => {
    const end = text.indexOf("\n");
    return { title: text.slice(0, end), shell: preamble + text.slice(end + 1) };
  });
}

/** Takes the steps one after another, each in a shell of its own. */
export async function runSteps(steps: readonly Step[], env: Record<string, string>, normalise: Normalise): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { title, shell } of steps) outcomes.push(outcomeOf(title, await run("sh", ["-c", shell], env), normalise));
  return outcomes;
}

export function outcomeOf(title: string, { out, err, code }: Ended, normalise: Normalise): Outcome {
  return { title, lines: [...linesOf(normalise(out)), ...linesOf(normalise(err)).map((line) => `! ${line}`), `exit ${code}`] };
}

/** The steps of a program that announces each with a line `## title`; how it ended is a step `end`. */
export function outcomesOf({ out, err, code }: Ended, normalise: Normalise): Outcome[] {
  const [, ...sections] = out.split(/^## /m);
  const steps = sections.map((text) => {
    const [title = "", ...lines] = linesOf(normalise(text));
    return { title, lines };
  });
  return [...steps, outcomeOf("end", { out: "", err, code }, normalise)];
}

/** One command to its end, with nothing of this process's environment but PATH. */
export async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? "", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close") as Promise<[code: number | null]>;
  const [out, err, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  return { out, err, code: code ?? -1 };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
