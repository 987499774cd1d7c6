// Whether this commit may be released: a clean tree, and one version everywhere. Throws what is in the way.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { INSTALLER_NAME } from "./installer.ts";
import type { Release } from "./make.ts";
import { hostTarget } from "./targets.ts";
import { nameErrors, printedErrors, versionErrors } from "./versions.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Before anything is built. @throws Error if the tree has changes or versions differ. */
export function refuseUnready(root = ROOT): void {
  const changes = changed(git(root, "status", "--porcelain"));
  const text = (name: string) => readFileSync(join(root, name), "utf8");
  refuse([
    ...changes,
    ...versionErrors({
      manifest: text("package.json"),
      lock: text("package-lock.json"),
      changelog: text("CHANGELOG.md"),
      kustomization: text("deploy/kustomize/base/kustomization.yaml"),
      tags: git(root, "tag", "--points-at", "HEAD").split("\n").filter(Boolean),
    }),
  ]);
}

/** Of what was built. @throws Error if the program that runs here, or a file's name, says another version. */
export function refuseOther({ stamp: { version, commit }, binaries, files }: Release): void {
  const native = binaries.get(hostTarget());
  const printed = native === undefined ? [] : [spawnSync(native, ["version"], { encoding: "utf8" }).stdout ?? ""];
  const versioned = files.filter((name) => name !== INSTALLER_NAME);
  refuse([...printed.flatMap((text) => printedErrors(version, commit, text)), ...nameErrors(version, versioned)]);
}

/** Of the output of `git status --porcelain`. */
export function changed(status: string): string[] {
  const files = status.split("\n").flatMap((line) => line.slice(3) || []);
  return files.length === 0
    ? []
    : [`Cannot release a tree with changes: expected "git status" to be empty, commit or remove ${files.join(", ")}`];
}

function refuse(errors: string[]): void {
  if (errors.length > 0) throw new Error(errors.join("\n"));
}

/** Untrimmed: a line of status may begin with a space. */
function git(root: string, ...args: string[]): string {
  const result = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (result.status === 0) return result.stdout;
  throw new Error(`Cannot release from "${root}": expected a git checkout, but git says ${(result.stderr ?? "").trim()}`);
}
