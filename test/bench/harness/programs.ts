// The programs that are measured beside ours: source in, binary out. Knows no server.

import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { FLAGS } from "../../../scripts/build.ts";
import { BUN, ROOT } from "../../../scripts/suites.ts";

/** The same controller on client-go, by what it was built with. */
export const RIVALS: Readonly<Record<string, string>> = { "client-go v0.34": "go.mod", "client-go v0.37": "v037.mod" };

/** Builds the Go program of a folder here to `output`. */
export function goBuild(folder: string, modfile: string, output: string): string {
  const { GOFLAGS: _flags, ...env } = process.env;
  const flags = [`-modfile=${modfile}`, "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
  execFileSync("go", ["build", ...flags, "-o", output, "."], {
    cwd: fileURLToPath(new URL(`../${folder}`, import.meta.url)),
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return onDisk(output);
}

/** A program that writes one line and waits, compiled as ours is. */
export function emptyProgram(output: string): string {
  const source = `${output}.ts`;
  writeFileSync(source, 'process.stdout.write("here\\n");\nsetInterval(() => {}, 1 << 30);\n');
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _self, ...env } = process.env;
  const args = ["build", basename(source), ...FLAGS, `--outfile=${output}`];
  execFileSync(BUN, args, { cwd: dirname(source), env: { ...env, NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit"] });
  return onDisk(output);
}

/** What client-go a module file asks for. */
export function clientGoVersion(modfile: string): string {
  const text = readFileSync(join(ROOT, "test/bench/rival", modfile), "utf8");
  return /k8s\.io\/client-go (v\S+)/.exec(text)?.[1] ?? "unknown";
}

/** Pages of a file that is not on the disk yet would count as private dirty memory of who runs it. */
function onDisk(path: string): string {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
  return path;
}
