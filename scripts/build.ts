// src/main.ts to a binary, for this machine (dist/job-controller) or for a target of the release. The bytes depend on the
// sources, the lock file and the commit alone, and nothing is done when those are the ones of the binary that is there.
// `npm run build`, and by import.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EMBEDDED_EXEC_ARGV } from "../src/runtime/hardening.ts";
import { hashInputs, readStamp, type Stamp } from "./inputs.ts";
import { signAdHoc } from "./release/ad-hoc-signature.ts";
import { lockedRuntime, unpackRuntime } from "./release/runtimes.ts";
import { binaryName, type Target, targetName } from "./release/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BUN = join(ROOT, "node_modules/bun/bin/bun.exe");
/** Written as it is: the entry's spelling and the output's base name end up inside the binary. */
const ENTRY = "src/main.ts";
const NAME = "job-controller";

/** What the working directory and the environment of the compiled program may not do to it. */
const HARDENING = [
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  `--compile-exec-argv=${EMBEDDED_EXEC_ARGV.join(" ")}`,
];

/**
 * Splitting keeps what `import()` names in chunks of its own: without it client-node's code costs 16 MB resident
 * and 7 ms at every start. The map is embedded (1.4 MB), so stack traces name source lines; bytecode needs ESM.
 */
export const FLAGS = ["--compile", "--minify", "--bytecode", "--format=esm", "--splitting", "--sourcemap=linked", ...HARDENING];

export interface Built {
  /** Absolute path of the binary. */
  path: string;
  stamp: Stamp;
  /** Folders under node_modules whose code is inside, sorted. */
  packages: string[];
  /** False if the binary that was there is up to date. */
  compiled: boolean;
}

/** Compiles for this machine if needed. @throws Error with the compiler's output. */
export function build(): Built {
  return make({ path: join(ROOT, "dist", NAME), depends: [process.platform, process.arch], options: () => [] });
}

/**
 * Compiles for a target, if needed, with the runtime of its npm package: nothing else is downloaded.
 * @throws Error if that runtime cannot be had or is not the one of package-lock.json, or with the compiler's output.
 */
export function buildFor(target: Target): Built {
  const locked = lockedRuntime(target);
  return make({
    path: join(ROOT, "dist/targets", targetName(target), binaryName(target)),
    depends: [target.bunTarget, locked.integrity],
    options: (aside) => [`--target=${target.bunTarget}`, `--compile-executable-path=${unpackRuntime(target, locked, aside)}`],
    finish: (bytes) => (target.os === "darwin" ? signAdHoc(bytes) : bytes),
  });
}

interface Product {
  path: string;
  /** What the bytes depend on besides sources and stamp. */
  depends: string[];
  /** Of the compiler; `aside` is a folder that is deleted afterwards. */
  options: (aside: string) => string[];
  /** What the compiler has made → what it should be. */
  finish?: (bytes: Buffer) => Buffer;
}

function make({ path, depends, options, finish }: Product): Built {
  const record = join(dirname(path), `.${basename(path)}.inputs`);
  const stamp = readStamp();
  const inputs = hashInputs([stamp, ...depends]);
  if (existsSync(path) && existsSync(record)) {
    const [known, ...packages] = readFileSync(record, "utf8").split("\n");
    if (known === inputs) return { path, stamp, packages, compiled: false };
  }

  mkdirSync(dirname(path), { recursive: true });
  // Compiled aside and moved, so that a binary that is running, or being started, stays whole.
  const aside = mkdtempSync(join(dirname(path), ".build-"));
  try {
    const defines = Object.entries(stamp).map(
      ([key, value]) => `--define=JOB_CONTROLLER_${key.toUpperCase()}=${JSON.stringify(value)}`,
    );
    const made = join(aside, basename(path));
    const graph = join(aside, "graph.json");
    const files = [`--metafile=${graph}`, `--outfile=${made}`];
    const result = spawnSync(BUN, ["build", ENTRY, ...FLAGS, ...options(aside), ...defines, ...files], {
      cwd: ROOT,
      env: compilerEnv(),
      encoding: "utf8",
    });
    if (result.status !== 0) {
      const said = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`;
      throw new Error(`Cannot compile ${ENTRY} to ${relative(ROOT, path)}:\n${said}`.trimEnd());
    }
    const packages = packagesOf(readFileSync(graph, "utf8"));
    if (finish !== undefined) writeFileSync(made, finish(readFileSync(made)));
    renameSync(made, path);
    writeFileSync(record, [inputs, ...packages].join("\n"));
    return { path, stamp, packages, compiled: true };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Of the compiler's metafile. */
function packagesOf(graph: string): string[] {
  const { inputs } = JSON.parse(graph) as { inputs: Record<string, unknown> };
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

function compilerEnv(): Record<string, string | undefined> {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _self, ...rest } = process.env;
  return { ...rest, NODE_ENV: "production", NO_COLOR: "1" };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    const { path, stamp, compiled } = build();
    const size = `${(statSync(path).size / 1e6).toFixed(1)} MB`;
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    const what = `version ${stamp.version}, commit ${stamp.commit}`;
    process.stdout.write(`dist/${NAME} ${compiled ? `compiled in ${seconds}` : "is up to date"}: ${size}, ${what}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
