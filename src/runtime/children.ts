// Programs that lead process groups of their own: how they are started, signalled and looked at. Knows no job and no
// protocol.

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import type { Child, Groups } from "../base/processes.ts";
import type { Host, Pipe } from "./runtime.ts";

/**
 * Starts a program in a session, and so a process group, of its own.
 * @throws the host's Error with a `code` such as ENOENT.
 */
export async function startChild(
  [file, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  openPipe: Host["openPipe"],
): Promise<Child> {
  const pipes = [openPipe?.(), openPipe?.()];
  const [out, err] = pipes;
  let child: ChildProcess;
  try {
    child = spawn(file, args, { detached: true, env: { ...env }, stdio: ["pipe", out?.writeFd ?? "pipe", err?.writeFd ?? "pipe"] });
    await started(child);
  } catch (error) {
    for (const pipe of pipes) pipe?.close();
    throw error;
  } finally {
    for (const pipe of pipes) if (pipe !== undefined) closeSync(pipe.writeFd);
  }
  return withPipes(child, out, err);
}

/** Programs that were started and have not been seen to end. */
const leaders = new Set<number>();

/** Lets go of adopted processes that have ended: as process number 1, or its deputy, nobody else would. */
export function reapOrphans(reap: (pid: number) => void): void {
  for (const thread of namesIn("/proc/self/task") ?? []) {
    for (const pid of textOf(`/proc/self/task/${thread}/children`).split(" ").filter((text) => text !== "")) {
      if (!leaders.has(Number(pid)) && statOf(pid)?.running === false) reap(Number(pid));
    }
  }
}

/** Resolves once there is a process. */
function started(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid !== undefined) {
    leaders.add(pid);
    child.once("exit", () => leaders.delete(pid));
    child.on("error", () => {});
    return Promise.resolve();
  }
  return new Promise((_resolve, reject) => child.once("error", reject));
}

function withPipes(child: ChildProcess, out: Pipe | undefined, err: Pipe | undefined): Child {
  const { stdin, stdout, stderr } = child;
  const exited = new Promise<{ code?: number; signal?: string }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  stdin?.on("error", () => {});
  return {
    pid: child.pid ?? 0,
    exited,
    write(text) {
      return new Promise((resolve) => {
        if (stdin === null || stdin.destroyed || stdin.writableEnded) return resolve();
        stdin.once("close", resolve);
        stdin.write(text, () => {
          stdin.off("close", resolve);
          resolve();
        });
      });
    },
    endInput: () => stdin?.end(),
    stdout: out?.chunks ?? chunksOf(stdout),
    stderr: err?.chunks ?? chunksOf(stderr),
    close() {
      for (const pipe of [out, err]) pipe?.close();
      for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    },
  };
}

/** What comes out of a stream until it ends, is destroyed or breaks. */
export async function* chunksOf(stream: Readable | null): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch {
    // Nothing more will come; why, the exit tells.
  }
}

/** Process groups, by the pid of their first process. */
export const groups: Groups = {
  signal(group: number, signal: "SIGTERM" | "SIGKILL"): void {
    try {
      process.kill(-group, signal);
    } catch {
      // There is none any more, or it is not ours: alive() tells.
    }
  },

  alive(group: number): boolean {
    try {
      process.kill(-group, 0);
    } catch (error) {
      return (error as { code?: string }).code !== "ESRCH";
    }
    return hasRunning(group) ?? true;
  },

  find(variables: readonly string[]): number[] {
    const found = (allProcesses() ?? []).filter((pid) => {
      const environment = textOf(`/proc/${pid}/environ`).split("\0");
      return variables.every((variable) => environment.includes(variable));
    });
    return [...new Set(found.map((pid) => statOf(pid)?.group ?? 0))].filter((group) => group > 1);
  },
};

/** A process that has ended and waits for its parent is still a member. Undefined where that cannot be seen. */
function hasRunning(group: number): boolean | undefined {
  return allProcesses()?.some((pid) => {
    const stat = statOf(pid);
    return stat?.group === group && stat.running;
  });
}

/** Undefined where they are not to be seen. */
function allProcesses(): string[] | undefined {
  return namesIn("/proc")?.filter((name) => /^\d+$/.test(name));
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

function statOf(pid: string): { group: number; running: boolean } | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  // Behind the name, which may hold anything: state, parent, group.
  const [state = "", , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" ? undefined : { group: Number(group), running: !"ZX".includes(state) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a command's first word can be run: a path to a program, or the name of one in `path`. What may not be looked at may be. */
export function isRunnable(file: string, path: string): boolean {
  const places = file.includes("/") ? [file] : path.split(delimiter).map((folder) => join(folder === "" ? "." : folder, file));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return statSync(place).isFile();
    } catch (error) {
      return !UNRUNNABLE.includes((error as { code?: string }).code ?? "");
    }
  });
}

const UNRUNNABLE = ["ENOENT", "EACCES", "ENOTDIR", "ELOOP", "ENAMETOOLONG"];
