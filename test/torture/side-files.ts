// What workers wrote of themselves: the side files of worker.sh in, a Run for each worker process out.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Run {
  uid: string;
  attempt: number;
  pid: number;
  /** Of the job. */
  name: string;
  /** On the clock of clock.ts, to the hundredth of a second. */
  beginMs: number;
  /** When it was last heard of: it lived at least until then. */
  lastMs: number;
  /** The code it meant to end with; undefined = it was killed, or its job asked it to kill itself. */
  code: number | undefined;
  /** Pids of other processes for the same job that it found alive. */
  saw: number[];
}

/** Every run of a folder. */
export function readRuns(folder: string): Run[] {
  return readdirSync(folder).flatMap((name) => runOf(name, readFileSync(join(folder, name), "utf8")) ?? []);
}

/** `name` = `<uid>.<attempt>.<pid>`; undefined for a file that a worker has opened and not written to. */
export function runOf(name: string, text: string): Run | undefined {
  const [, uid, attempt, pid] = /^(.+)\.(\d+)\.(\d+)$/.exec(name) ?? [];
  if (uid === undefined) throw new Error(`Cannot read side file "${name}": expected <uid>.<attempt>.<pid>`);
  let run: Run | undefined;
  for (const line of text.split("\n").filter(Boolean)) {
    const [word, first = "", second = "", third = "", fourth = ""] = line.split(" ");
    if (word === "begin") {
      const beginMs = Number(third) * 10;
      run = { uid, attempt: Number(attempt), pid: Number(pid), name: fourth, beginMs, lastMs: beginMs, code: undefined, saw: [] };
    } else if (run === undefined) {
      throw new Error(`Cannot read side file "${name}": expected begin before "${line}"`);
    } else if (word === "beat") run.lastMs = Number(first) * 10;
    else if (word === "saw") run.saw.push(Number(first));
    else if (word === "end") Object.assign(run, { lastMs: Number(first) * 10, code: Number(second) });
  }
  return run;
}
