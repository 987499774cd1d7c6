// install.sh in a shell that finds chosen tools alone, in a folder of its own → how it ended and what it left behind.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ended } from "../support/children.ts";
import { type Releases, VERSION } from "./releases.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const INSTALLER = join(ROOT, "install.sh");

/** What a system has at the least, beside a shell, something that downloads and something that hashes. */
const BASE = ["uname", "id", "mktemp", "mkdir", "rmdir", "rm", "mv", "chmod", "dirname", "grep", "tail", "tr", "tar", "gzip", "cat"];

/** A name alone is linked to this machine's tool of that name; `name -> path` to that path; with a text it is a script. */
export type Tools = Record<string, true | { path: string } | { script: string }>;

export const SHELLS: Record<string, string[]> = { dash: ["dash"], bash: ["bash"], busybox: ["busybox", "sh"] };

/** A machine of one kind, whichever this is. */
export const LINUX_AMD64: Tools = {
  uname: { script: 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac' },
  ldd: { script: "echo 'ldd (GNU libc) 2.40'" },
};

export interface Installed {
  code: number | null;
  stdout: string;
  /** With the place's folder as PLACE. */
  stderr: string;
}

/** A folder with `bin` (the tools) and `to` (where things are installed), which is not there at first. */
export class Place {
  readonly path = mkdtempSync(join(tmpdir(), "install-"));
  readonly bin = join(this.path, "bin");
  readonly to = join(this.path, "to");

  constructor(tools: Tools = {}) {
    mkdirSync(this.bin);
    this.give(Object.fromEntries(BASE.map((name) => [name, true])));
    this.give({ curl: true, sha256sum: true, ...tools });
  }

  give(tools: Tools): void {
    for (const [name, tool] of Object.entries(tools)) {
      const path = join(this.bin, name);
      rmSync(path, { force: true });
      if (tool === true) symlinkSync(pathOf(name), path);
      else if ("path" in tool) symlinkSync(tool.path, path);
      else writeFileSync(path, `#!/bin/sh\n${tool.script}\n`, { mode: 0o755 });
    }
  }

  take(...names: string[]): void {
    for (const name of names) rmSync(join(this.bin, name), { force: true });
  }

  /** What lies in the folder beside the tools, with its folders, sorted. */
  get left(): string[] {
    const found = readdirSync(this.path, { recursive: true, encoding: "utf8" });
    return found.filter((name) => name !== "bin" && !name.startsWith("bin/")).sort();
  }

  async run(args: string[], { shell = "dash", env = {}, script = INSTALLER }: Options = {}): Promise<Installed> {
    const [command = "", ...first] = SHELLS[shell]!;
    const child = spawn(pathOf(command), [...first, script, ...args], {
      cwd: this.path,
      env: { PATH: this.bin, HOME: this.path, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return this.plain(await ended(child));
  }

  plain({ code, stdout, stderr }: Installed): Installed {
    const shown = (text: string) => text.replaceAll(this.path, "PLACE");
    return { code, stdout: shown(stdout), stderr: shown(stderr) };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Options {
  shell?: string;
  env?: Record<string, string>;
  /** In place of install.sh itself. */
  script?: string;
}

/** @throws Error if this machine lacks it. */
export function pathOf(name: string): string {
  const { stdout } = spawnSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" });
  const path = stdout.trim();
  if (!existsSync(path)) throw new Error(`Cannot find "${name}" in PATH: see scripts/ci-setup.sh`);
  return path;
}

/** All that install.sh has to be told. */
export function usualArguments(releases: Releases, place: Place): string[] {
  return [`--version=${VERSION}`, `--base-url=${releases.base}`, `--dir=${place.to}`];
}

/** Installs into the place, flags in `more` after the usual ones. BASE stands for the base URL in what it says. */
export async function install(releases: Releases, place: Place, more: string[] = [], options: Options = {}): Promise<Installed> {
  const { code, stdout, stderr } = await place.run([...usualArguments(releases, place), ...more], options);
  return { code, stdout, stderr: stderr.replaceAll(releases.base, "BASE") };
}

/** How it ends when it refuses, in these words. */
export function refused(stderr: string): Installed {
  return { code: 1, stdout: "", stderr: `${stderr}\n` };
}
