// The project → a folder with all that a release has: archives, bills of materials, images, checksums. The bytes depend on
// the commit and the lock file (those of the images on Debian's libc6, too). Whether they may be published is asked elsewhere.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Built, buildFor } from "../build.ts";
import { hashInputs, type Stamp } from "../inputs.ts";
import { tarGz, zip } from "./archive.ts";
import { sha256, writeChecksums } from "./checksums.ts";
import { archiveEntries } from "./contents.ts";
import { buildImage } from "./image.ts";
import { installer, INSTALLER_NAME } from "./installer.ts";
import { repository } from "./repository.ts";
import { lockedRuntime } from "./runtimes.ts";
import { type Bill, billOf, npmBill } from "./sbom.ts";
import { archiveName, billName, checksumsName, type Target, TARGETS, targetName } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RELEASE = join(ROOT, "dist/release");
/** What goes in beside what a build depends on. */
const FURTHER = ["scripts/release", "install.sh", "README.md", "LICENSE"];

/** Archives that are compressed at a time: each takes a processor, and four times its binary of memory. */
const LANES = 2;

export interface Release {
  folder: string;
  stamp: Stamp;
  /** Names in the folder, sorted. */
  files: string[];
  /** Target → the path of its binary. */
  binaries: Map<string, string>;
  /** Why there are no images, if there are none. */
  noImages: string | undefined;
  /** False if the folder was up to date. */
  made: boolean;
}

/**
 * Nothing is done if the folder is up to date.
 * @param say One line a step.
 * @throws Error of a step; the folder then is as it was.
 */
export async function makeRelease(folder = RELEASE, say: (line: string) => void = () => {}): Promise<Release> {
  refuseForeign(folder);
  const built = TARGETS.map((target) => ({ target, ...compile(target, say) }));
  const stamp = commonStamp(built);
  const noImages = imagesMissing();
  const record = join(dirname(folder), `.${basename(folder)}.inputs`);
  const inputs = hashInputs([stamp, noImages], FURTHER);
  const binaries = new Map(built.map(({ target, path }) => [targetName(target), path]));
  const release = (made: boolean) => ({ folder, stamp, files: readdirSync(folder).sort(), binaries, noImages, made });
  if (existsSync(folder) && existsSync(record) && readFileSync(record, "utf8") === inputs) return release(false);

  mkdirSync(dirname(folder), { recursive: true });
  const aside = mkdtempSync(join(dirname(folder), ".release-"));
  try {
    const bill = npmBill();
    const lane = async (first: number) => {
      for (const one of built.filter((_, index) => index % LANES === first)) {
        await pack(one, bill, aside);
        say(`packed ${targetName(one.target)}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
    if (noImages === undefined) {
      const pair = { amd64: glibc(built, "amd64"), arm64: glibc(built, "arm64") };
      const { libc } = buildImage({ stamp, binaries: pair, folder: aside });
      say(`made the images, with libc6 ${libc}`);
    }
    writeFileSync(join(aside, INSTALLER_NAME), installer(stamp.version), { mode: 0o755 });
    writeChecksums(aside, checksumsName(stamp.version));
    chmodSync(aside, 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
    writeFileSync(record, inputs);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return release(true);
}

function compile(target: Target, say: (line: string) => void): Built {
  const built = buildFor(target);
  if (built.compiled) say(`compiled ${targetName(target)}`);
  return built;
}

function commonStamp([first, ...others]: readonly Built[]): Stamp {
  if (first === undefined || first.stamp.date === "unknown") {
    throw new Error("Cannot make a release: expected a git checkout, whose commit says its time");
  }
  const { stamp } = first;
  if (others.every((other) => other.stamp.commit === stamp.commit)) return stamp;
  throw new Error(`Cannot make a release of commit ${stamp.commit}: another one was checked out meanwhile, start again`);
}

/** Writes the archive and the bill of materials of one binary. */
async function pack(built: Built & { target: Target }, npm: Bill, folder: string): Promise<void> {
  const { target, stamp, path, packages } = built;
  const archive = target.os === "windows" ? zip : tarGz;
  writeFileSync(
    join(folder, archiveName(stamp.version, target)),
    await archive(archiveEntries(target, built), Date.parse(stamp.date) / 1000),
  );
  const subject = { target, runtime: lockedRuntime(target), packages, ...stamp };
  const bill = billOf(npm, { ...subject, sha256: sha256(readFileSync(path)), repository: repository() });
  writeFileSync(join(folder, billName(stamp.version, target)), bill);
}

function glibc(built: (Built & { target: Target })[], arch: Target["arch"]): string {
  return built.find(({ target }) => target.libc === "glibc" && target.arch === arch)!.path;
}

/** @throws Error if images are asked for by REQUIRE_ALL=1 and cannot be made. */
function imagesMissing(): string | undefined {
  if (spawnSync("buildah", ["--version"], { stdio: "ignore" }).status === 0) return undefined;
  if (process.env.REQUIRE_ALL !== "1") return "no buildah in PATH";
  throw new Error("Cannot make the images: expected buildah in PATH, scripts/ci-setup.sh installs it");
}

/** The folder is replaced as a whole. */
function refuseForeign(folder: string): void {
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const foreign = present.find((name) => !name.startsWith("job-controller_") && name !== INSTALLER_NAME);
  if (foreign === undefined) return;
  throw new Error(`Cannot write a release to "${folder}": expected nothing there but an earlier release, not "${foreign}"`);
}
