// A target → the Bun runtime to compile with, out of its npm package, which npm brings once, from whatever registry it is
// configured for. What package-lock.json does not vouch for is not unpacked.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the packages stay, as npm packed them. */
export const RUNTIMES = join(ROOT, ".cache/runtimes");

export interface LockedRuntime {
  version: string;
  /** `sha512-` and base64. */
  integrity: string;
  license: string;
}

/** The target's row of package-lock.json. @throws Error if there is none. */
export function lockedRuntime({ bunPackage }: Target): LockedRuntime {
  const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { packages: Record<string, LockedRuntime | undefined> };
  const row = packages[`node_modules/${bunPackage}`];
  if (row === undefined) {
    throw new Error(`Cannot find "${bunPackage}" in package-lock.json: expected a row with its version and hash`);
  }
  return row;
}

/** Unpacks the runtime into a folder and returns its path. @throws Error if npm cannot bring it, or brings another one. */
export function unpackRuntime(target: Target, { version, integrity }: LockedRuntime, folder: string, cache = RUNTIMES): string {
  const { os, bunPackage } = target;
  const spec = `${bunPackage}@${version}`;
  const archive = join(cache, `${spec.replace(/\W+/g, "-").replace(/^-/, "")}.tgz`);
  if (!existsSync(archive)) bring(spec, archive, cache);
  checkIntegrity(archive, spec, integrity);
  const member = `package/bin/bun${os === "windows" ? ".exe" : ""}`;
  run("tar", ["-xzf", archive, "-C", folder, member], `unpack the runtime "${spec}"`);
  return join(folder, member);
}

/** @throws Error if the file is not the one that package-lock.json names. */
function checkIntegrity(file: string, spec: string, integrity: string): void {
  const found = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (found === integrity) return;
  throw new Error(
    `Cannot use the runtime "${spec}" in ${file}: expected the hash of package-lock.json, ${integrity}, not ${found}; ` +
      "delete the file to have it brought again",
  );
}

/** Moved into place when it is whole. */
function bring(spec: string, archive: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(join(cache, ".pack-"));
  try {
    run("npm", ["pack", spec, "--silent", "--pack-destination", aside], `bring the runtime "${spec}"`);
    const [packed] = readdirSync(aside);
    if (packed === undefined) throw new Error(`Cannot bring the runtime "${spec}": npm pack left no file`);
    renameSync(join(aside, packed), archive);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], what: string): void {
  // In the project, so that its .npmrc counts.
  const result = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (result.status === 0) return;
  const said = (result.stderr ?? result.error?.message ?? "").trim();
  throw new Error(`Cannot ${what}: ${command} says ${said || `exit code ${result.status}`}`);
}
