// What `--check` asks of a release that was just made: the same bytes out of another folder, checksums that hold, no path of
// the machine in any binary, and the suites that use it. Throws the first thing that is wrong.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SUITES } from "../suites.ts";
import { checksumDifferences } from "./checksums.ts";
import type { Release } from "./make.ts";
import { RUNTIMES } from "./runtimes.ts";
import { checksumsName } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** Those that take what a release holds. */
const SUITES_OF_IT = ["release", "roots", "image", "install", "shells"];

/** @param say One line for each thing that was found right. @throws Error with what is not. */
export async function checkRelease(release: Release, say: (line: string) => void): Promise<void> {
  const { folder, stamp, binaries } = release;
  const checksums = checksumsName(stamp.version);
  run("sha256sum", ["--check", "--quiet", checksums], folder);
  say("sha256sum accepts the checksums");

  const again = buildElsewhere(checksums);
  refuse(checksumDifferences(readFileSync(join(folder, checksums), "utf8"), again.checksums));
  say("a fresh clone in another folder gives the same bytes");

  refuse([...binaries].flatMap(([target, path]) => binaryErrors(target, readFileSync(path), stamp.commit, [ROOT, again.root])));
  say("no binary holds the path that it was built in, each holds its commit");

  const suites = SUITES_OF_IT.filter((name) => SUITES.some((suite) => suite.name === name));
  run(process.execPath, ["scripts/test.ts", ...suites], ROOT);
}

/** What a binary holds that it must not, and does not hold that it must. */
export function binaryErrors(target: string, bytes: Buffer, commit: string, paths: readonly string[]): string[] {
  return [
    ...paths.filter((path) => bytes.includes(path)).map((path) => `${target} holds the path it was built in, ${path}`),
    ...(bytes.includes(commit) ? [] : [`${target} does not hold its commit ${commit}`]),
  ];
}

/** The commit once more, from a clone with dependencies of its own, a few folders deeper. @returns Its checksums file's text. */
function buildElsewhere(checksums: string): { root: string; checksums: string } {
  const temporary = mkdtempSync(join(tmpdir(), "release-"));
  try {
    const root = join(temporary, "another/folder/with-another-name");
    run("git", ["clone", "--quiet", ROOT, root], ROOT);
    mkdirSync(join(root, ".cache"));
    // They are compared with the lock file at each use.
    symlinkSync(RUNTIMES, join(root, ".cache/runtimes"));
    run(process.execPath, ["scripts/bootstrap.mjs", "scripts/release.ts"], root);
    return { root, checksums: readFileSync(join(root, "dist/release", checksums), "utf8") };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], cwd: string): void {
  const result = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (result.status === 0) return;
  const how = result.error?.message ?? `ended with ${result.status ?? result.signal}`;
  throw new Error(`The release is not good: ${command} ${args.join(" ")} ${how}`);
}

function refuse(errors: string[]): void {
  if (errors.length > 0) throw new Error(["The release is not good:", ...errors].join("\n  "));
}
