// src/main.ts to dist/job-controller for this machine. The bytes depend on the sources, the lock file and the commit
// alone, and nothing is done when those are the ones of the binary that is there. `npm run build`, and tests by import.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EMBEDDED_EXEC_ARGV } from "../src/runtime/hardening.ts";

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

/** Version, commit and date as `--define` bakes them in for src/cli/build-info.ts. */
interface Stamp {
  version: string;
  commit: string;
  date: string;
}

export interface Built {
  /** Absolute path of the binary. */
  path: string;
  stamp: Stamp;
  /** False if the binary that was there is up to date. */
  compiled: boolean;
}

/** Compiles if needed. @throws Error with the compiler's output. */
export function build(): Built {
  const path = join(ROOT, "dist", NAME);
  const record = join(ROOT, "dist", `.${NAME}.inputs`);
  const stamp = readStamp();
  const inputs = hashInputs(stamp);
  if (existsSync(path) && existsSync(record) && readFileSync(record, "utf8") === inputs) return { path, stamp, compiled: false };

  mkdirSync(join(ROOT, "dist"), { recursive: true });
  // Compiled aside and moved, so that a binary that is running, or being started, stays whole.
  const aside = mkdtempSync(join(ROOT, "dist/.build-"));
  try {
    const defines = Object.entries(stamp).map(
      ([key, value]) => `--define=JOB_CONTROLLER_${key.toUpperCase()}=${JSON.stringify(value)}`,
    );
    const result = spawnSync(BUN, ["build", ENTRY, ...FLAGS, ...defines, `--outfile=${join(aside, NAME)}`], {
      cwd: ROOT,
      env: compilerEnv(),
      encoding: "utf8",
    });
    if (result.status !== 0) {
      throw new Error(
        `Cannot compile ${ENTRY}:\n${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`.trimEnd(),
      );
    }
    renameSync(join(aside, NAME), path);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  writeFileSync(record, inputs);
  return { path, stamp, compiled: true };
}

function compilerEnv(): Record<string, string | undefined> {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _self, ...rest } = process.env;
  return { ...rest, NODE_ENV: "production", NO_COLOR: "1" };
}

function readStamp(): Stamp {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const top = git("rev-parse", "--show-toplevel");
  // An unpacked archive inside somebody else's checkout must not borrow that one's commit.
  if (top === undefined || realpathSync(top) !== realpathSync(ROOT)) return { version, commit: "unknown", date: "unknown" };
  const head = git("log", "-1", "--format=%H %ct");
  if (head === undefined) return { version, commit: "unknown", date: "unknown" };
  const [hash = "", seconds = ""] = head.split(" ");
  const changed = git("status", "--porcelain", "--", "src", "package.json", "package-lock.json", "scripts/build.ts") !== "";
  return {
    version,
    commit: changed ? `${hash}-dirty` : hash,
    date: new Date(Number(seconds) * 1000).toISOString().replace(".000", ""),
  };
}

/** Output of a git command in the project, trimmed; undefined if git is missing or says no. */
function git(...args: string[]): string | undefined {
  const result = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function hashInputs(stamp: Stamp): string {
  const hash = createHash("sha256").update(JSON.stringify([stamp, process.platform, process.arch]));
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name}`)
    .filter((name) => statSync(join(ROOT, name)).isFile())
    .sort();
  for (const name of ["package.json", "package-lock.json", "scripts/build.ts", ...sources]) {
    hash.update(`\0${name}\0`).update(readFileSync(join(ROOT, name)));
  }
  return hash.digest("hex");
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
