// A command of the machine → its standard output, or an error that says what could not be done and why.

import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** @param what Continues "Cannot", as in `unpack the image`. @throws Error with what the command says, or that it is not there */
export function runTool(command: string, args: readonly string[], what: string): string {
  const result = spawnSync(command, args, { env: { ...process.env, LC_ALL: "C" }, encoding: "utf8" });
  if (result.status === 0) return result.stdout;
  if (result.error !== undefined) throw new Error(`Cannot ${what}: ${command} cannot be run: ${result.error.message}`);
  throw new Error(`Cannot ${what}: ${command} says ${result.stderr.trim() || `exit code ${result.status}`}`);
}

/** Makes what is in a folder readable for everybody and writable for its owner, whatever the umask was. */
export function openModes(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = statSync(path);
    chmodSync(path, found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o755 : 0o644);
    if (found.isDirectory()) openModes(path);
  }
}

/** What is in a folder as a plain tar, whose bytes depend on names, modes, contents and the date (RFC 3339) alone. */
export function tarFolder(folder: string, file: string, date: string): void {
  const fixed = ["--format=ustar", "--sort=name", `--mtime=${date}`, "--owner=0", "--group=0", "--numeric-owner"];
  runTool("tar", [...fixed, "-C", folder, "-cf", file, ...readdirSync(folder).sort()], `write "${file}"`);
}
