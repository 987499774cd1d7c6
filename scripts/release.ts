// `npm run release [-- --check] [--out DIR]`: a clean commit to dist/release, or DIR. With --check everything that can be
// found out before it is published is found out, too.

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { readChecksums } from "./release/checksums.ts";
import { checkRelease } from "./release/gate.ts";
import { makeRelease, type Release } from "./release/make.ts";
import { refuseOther, refuseUnready } from "./release/ready.ts";
import { checksumsName } from "./release/targets.ts";

const started = performance.now();
try {
  const { values } = parseArgs({ options: { check: { type: "boolean" }, out: { type: "string" } } });
  refuseUnready();
  const release = await makeRelease(values.out === undefined ? undefined : resolve(values.out), say);
  refuseOther(release);
  sizes(release).forEach(say);
  if (release.noImages !== undefined) say(`no images: ${release.noImages}`);
  if (values.check) await checkRelease(release, say);
  const { version, commit } = release.stamp;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const done = values.check ? "checked" : release.made ? "made" : "up to date:";
  say(`${done} version ${version}, commit ${commit}, in ${seconds} s`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Each file with its size and the beginning of its hash, then each binary with its size. */
function sizes({ folder, stamp, binaries }: Release): string[] {
  const size = (path: string) => `${(statSync(path).size / 1e6).toFixed(1)} MB`.padStart(9);
  const name = checksumsName(stamp.version);
  const files = [...readChecksums(readFileSync(join(folder, name), "utf8"))];
  return [
    ...files.map(([file, hash]) => `${size(join(folder, file))}  ${hash.slice(0, 16)}  ${file}`),
    ...[...binaries].map(([target, path]) => `${size(path)}  binary of ${target}`),
  ];
}
