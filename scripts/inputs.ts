// What the bytes of a binary depend on beside the target: sources, lock file, and the commit that they are of.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the bytes are made of or by. */
const INPUTS = ["package.json", "package-lock.json", "scripts/build.ts", "scripts/inputs.ts", "scripts/release/ad-hoc-signature.ts", "src"];

/** Version, commit and date as `--define` bakes them in for src/cli/build-info.ts. */
export interface Stamp {
  version: string;
  commit: string;
  date: string;
}

/** Of the checkout that this file is in. */
export function readStamp(): Stamp {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const top = git("rev-parse", "--show-toplevel");
  // An unpacked archive inside somebody else's checkout must not borrow that one's commit.
  if (top === undefined || realpathSync(top) !== realpathSync(ROOT)) return { version, commit: "unknown", date: "unknown" };
  const head = git("log", "-1", "--format=%H %ct");
  if (head === undefined) return { version, commit: "unknown", date: "unknown" };
  const [hash = "", seconds = ""] = head.split(" ");
  const changed = git("status", "--porcelain", "--", ...INPUTS) !== "";
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

/** SHA-256 of what a build depends on, and of further files or folders of the project; hexadecimal. */
export function hashInputs(depends: unknown[], further: string[] = []): string {
  const hash = createHash("sha256").update(JSON.stringify(depends));
  for (const name of [...INPUTS, ...further].flatMap(filesAt)) {
    hash.update(`\0${name}\0`).update(readFileSync(join(ROOT, name)));
  }
  return hash.digest("hex");
}

function filesAt(name: string): string[] {
  if (statSync(join(ROOT, name)).isFile()) return [name];
  return readdirSync(join(ROOT, name), { recursive: true, encoding: "utf8" })
    .map((below) => `${name}/${below}`)
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .sort();
}
