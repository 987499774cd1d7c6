// Texts of --worker to the table of who works for which action, texts of --worker-env to names. Starts nothing and looks
// for no file.

import { JOB_ACTIONS } from "../base/counts.ts";
import { ConfigError, UsageError } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import { commandWords } from "./command-words.ts";

export type WorkerSpec = { kind: "exec"; command: readonly [string, ...string[]] } | { kind: "builtin"; name: Builtin };

export const BUILTINS = ["test"] as const;
export type Builtin = (typeof BUILTINS)[number];

/** Action to worker. `*` stands for every action that has no worker of its own. */
export type WorkerTable = ReadonlyMap<string, WorkerSpec>;

/**
 * Reads `pull,push=exec:./sync.sh --fast`, `*=builtin:test`; the flag is repeatable.
 * @throws UsageError on anything else, and on an action that is named twice.
 */
export function parseWorkers(texts: readonly string[], flag = "--worker"): WorkerTable {
  const table = new Map<string, WorkerSpec>();
  for (const text of texts) {
    const refuse = (rule: string) => new UsageError(`Cannot use ${flag} ${JSON.stringify(text)}: expected ${rule}`);
    const [, actions = "", kind = "", rest = ""] = /^([^=]*)=(\w+):([\s\S]*)$/.exec(text) ?? [];
    if (actions === "") throw refuse("ACTION[,ACTION…]=exec:COMMAND or =builtin:test, such as pull,push=exec:./sync.sh");
    const spec = specOf(kind, rest, refuse);
    for (const action of actions.split(",").map((name) => name.trim())) {
      if (!/^(?:\*|[A-Za-z][A-Za-z0-9]*)$/.test(action)) throw refuse(`names of actions, or *, before the =; "${action}" is none`);
      if (table.has(action)) throw refuse(`one worker for each action; "${action}" has one already`);
      table.set(action, spec);
    }
  }
  return table;
}

function specOf(kind: string, rest: string, refuse: (rule: string) => UsageError): WorkerSpec {
  if (kind === "builtin") {
    const name = BUILTINS.find((one) => one === rest.trim());
    if (name === undefined) throw refuse(`one of ${BUILTINS.map((one) => `builtin:${one}`).join(", ")}`);
    return { kind, name };
  }
  if (kind !== "exec") throw refuse("exec:COMMAND or builtin:test after the =");
  const words = commandWords(rest);
  if (words === undefined) throw refuse("every quote closed and no backslash at the end");
  const [file, ...args] = words;
  if (file === undefined || file === "") throw refuse("a command after exec:");
  if (words.some((word) => word.includes("\0"))) throw refuse("a command without NUL");
  return { kind, command: [file, ...args] };
}

export const KNOWN_ACTIONS: readonly string[] = JOB_ACTIONS.filter((action) => action !== "other");

/** Actions of the table that no job has that we know of, each with the one that may be meant: new ones, or misspelt ones. */
export function unknownActions(table: WorkerTable): { action: string; meant: string | undefined }[] {
  const unknown = [...table.keys()].filter((action) => action !== "*" && !KNOWN_ACTIONS.includes(action));
  return unknown.map((action) => ({ action, meant: nearest(action, KNOWN_ACTIONS) }));
}

/** Who works for an action; undefined if nobody does. */
export function specFor(table: WorkerTable, action: string): WorkerSpec | undefined {
  return table.get(action) ?? table.get("*");
}

/**
 * Finds a worker that could never be started before any job is claimed for it.
 * @throws ConfigError naming the first.
 */
export function assertRunnable(table: WorkerTable, isRunnable: (file: string) => boolean, flag = "--worker"): void {
  for (const [action, spec] of table) {
    if (spec.kind !== "exec" || isRunnable(spec.command[0])) continue;
    throw new ConfigError(`Cannot use the worker ${JSON.stringify(spec.command[0])} that ${flag} names for "${action}": expected a program that may be run, by its path or found in PATH`);
  }
}
