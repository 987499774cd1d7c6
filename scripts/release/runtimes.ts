// A target → the Bun runtime to compile with, out of its npm package, which npm brings once, from whatever registry it is
// configured for. What package-lock.json does not vouch for is not unpacked.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "./targets.ts";
import { runTool } from "./tool.ts";

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
  runTool("tar", ["-xzf", archive, "-C", folder, member], `unpack the runtime "${spec}"`);
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
    // With the project's own .npmrc, if it has one.
    const args = ["--prefix", ROOT, "pack", spec, "--loglevel=error", "--pack-destination", aside];
    runTool("npm", args, `bring the runtime "${spec}"`);
    const [packed] = readdirSync(aside);
    if (packed === undefined) throw new Error(`Cannot bring the runtime "${spec}": npm pack left no file`);
    renameSync(join(aside, packed), archive);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
