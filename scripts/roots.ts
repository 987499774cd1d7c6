// `node scripts/bootstrap.mjs scripts/roots.ts`: the binaries of all targets, one line each: size, hash, and how long `version`
// takes where it runs, in a root of its own. And what the suite of that name needs made.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildFor } from "./build.ts";
import { sha256 } from "./release/checksums.ts";
import { type Target, TARGETS, targetName } from "./release/targets.ts";
import { enteringOften } from "./roots/enter.ts";
import { makeRoots, type Root, ROOTS, rootsImpossible } from "./roots/roots.ts";

/** Makes the roots and the binaries, if they are not there. */
export function prepareRoots(say: (line: string) => void): void {
  makeRoots(say);
  for (const target of TARGETS) {
    if (buildFor(target).compiled) say(`compiled for ${targetName(target)}`);
  }
}

/** Of so many runs the median counts. */
const RUNS = 21;

/** Starting `version`, to its end, ms. @throws Error if it fails */
function startMs(root: Root, binary: string): number {
  const [command, ...before] = enteringOften(root, binary);
  const { status, stdout, stderr } = spawnSync(command, [...before, String(RUNS), "version"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot run ${targetName(root.target)}: ${stderr.trim()}`);
  const times = stdout.trim().split("\n").map((time) => BigInt(time));
  const taken = times.slice(1).map((time, nth) => Number(time - (times[nth] ?? 0n)) / 1e6).sort((one, other) => one - other);
  return taken[Math.floor(RUNS / 2)] ?? Number.NaN;
}

function startOf(target: Target, binary: string): string {
  const root = ROOTS.find((one) => one.target === target);
  if (root === undefined) return "not run";
  return `${startMs(root, binary).toFixed(0)} ms${root.emulator === undefined ? "" : ", emulated"}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const impossible = process.getuid?.() === 0 ? rootsImpossible() : "it takes the rights of root";
  if (impossible !== undefined) {
    process.stderr.write(`Cannot run the binaries in roots of their own: ${impossible}\n`);
    process.exit(1);
  }
  prepareRoots((line) => process.stderr.write(`${line}\n`));
  for (const target of TARGETS) {
    const { path } = buildFor(target);
    const bytes = readFileSync(path);
    const size = `${(bytes.length / 1e6).toFixed(1)} MB`;
    const columns = [targetName(target).padEnd(16), size, startOf(target, path).padEnd(18), sha256(bytes)];
    process.stdout.write(`${columns.join("  ")}\n`);
  }
}
