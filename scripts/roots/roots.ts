// Debian packages → one root directory for each Linux target: the libraries that its binary is linked with, and an emulator where
// the processor is another. Made once, below .cache. Knows nothing of what is run there.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackDebian } from "../debian-packages.ts";
import { type Target, TARGETS, targetName } from "../release/targets.ts";
import { HOST, type Machine, MACHINES } from "./machines.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FOLDER = join(HERE, "../../.cache/roots", hashOf("roots.ts", "machines.ts", "musl-shim.c", "preload.c"));

/** A root directory; an empty file holds the place of the binary. */
export interface Root {
  target: Target;
  folder: string;
  /** Path in it of the emulator, where this processor is not the target's. */
  emulator?: string;
  /** A library for LD_PRELOAD that leaves the file "ran" in the working directory. */
  preload: string;
}

/** One for each Linux target; made or not. */
export const ROOTS: readonly Root[] = TARGETS.filter(({ os }) => os === "linux").map((target) => ({
  target,
  folder: join(FOLDER, targetName(target)),
  preload: join(FOLDER, `${targetName(target)}.preload.so`),
  ...(target.arch === HOST ? {} : { emulator: "/emulator" }),
}));

/** Two C libraries, the C++ library, and a C compiler of 0.3 MB. */
const PACKAGES = ["libc6", "musl", "libgcc-s1", "libstdc++6", "tcc"];

/** What the binaries for glibc are linked with, besides the loader. */
const GLIBC = ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"];

/** Why the roots can neither be made here nor are there; undefined if all is well. */
export function rootsImpossible(): string | undefined {
  if (existsSync(FOLDER)) return undefined;
  const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return /^ID=debian$/m.test(system) ? undefined : "this is no Debian, whose apt has them for both kinds of processor";
}

/** Makes the roots, if they are not there, in about ten seconds. @throws Error if Debian's packages cannot be had */
export function makeRoots(say: (line: string) => void): void {
  if (existsSync(FOLDER)) return;
  say("bringing the libraries and the emulator of Debian once (75 MB)");
  mkdirSync(dirname(FOLDER), { recursive: true });
  const aside = mkdtempSync(join(dirname(FOLDER), ".making-"));
  try {
    const debian = (arch: string) => join(aside, "debian", arch);
    for (const { arch } of MACHINES) {
      unpackDebian(arch, [...PACKAGES, ...(arch === HOST ? ["qemu-user-static"] : [])], debian(arch));
    }
    for (const { target, emulator } of ROOTS) {
      const machine = machineOf(target);
      const from = debian(target.arch);
      const root = join(aside, "roots", targetName(target));
      mkdirSync(join(root, "proc"), { recursive: true });
      writeFileSync(join(root, "job-controller"), "");
      const foreign = emulator === undefined ? undefined : join(debian(HOST), "usr/bin", machine.emulator);
      if (foreign !== undefined) copyFileSync(foreign, join(root, emulator ?? ""));
      const compile: Compiler = (source, library) => {
        const compiler = [...(foreign === undefined ? [] : [foreign, "-L", from]), join(from, "usr/bin/tcc")];
        run([...compiler, "-shared", "-nostdlib", "-o", library, join(HERE, source)]);
      };
      compile("preload.c", `${root}.preload.so`);
      if (target.libc === "musl") layMusl(from, root, machine, compile);
      else layGlibc(from, root, machine);
    }
    renameSync(join(aside, "roots"), FOLDER);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Of C in this folder, by the target's own compiler, to a library that needs no other. */
type Compiler = (source: string, library: string) => void;

function machineOf({ arch }: Target): Machine {
  const machine = MACHINES.find((one) => one.arch === arch);
  if (machine === undefined) throw new Error(`Cannot make a root for "${arch}": expected a row of scripts/roots/machines.ts`);
  return machine;
}

function layGlibc(from: string, root: string, { triplet, loader }: Machine): void {
  put(library(from, triplet, loader.replace(/^.*\//, "")), join(root, loader));
  for (const name of GLIBC) put(library(from, triplet, name), join(root, "lib", triplet, name));
}

/**
 * Debian has no C++ library for musl, but musl loads the one for glibc if something has the symbols that it lacks. The library
 * asks for that in place of libm, which musl has in itself; on one of the machines it asks for glibc's loader, too.
 */
function layMusl(from: string, root: string, { triplet, loader, muslLoader }: Machine, compile: Compiler): void {
  put(library(from, triplet.replace("gnu", "musl"), "libc.so"), join(root, muslLoader));
  put(library(from, triplet, "libgcc_s.so.1"), join(root, "lib/libgcc_s.so.1"));
  const glibc = readFileSync(library(from, triplet, "libstdc++.so.6"), "latin1");
  writeFileSync(join(root, "lib/libstdc++.so.6"), glibc.replace("\0libm.so.6\0", "\0shim.so.6\0"), "latin1");
  compile("musl-shim.c", join(root, "lib/shim.so.6"));
  symlinkSync("shim.so.6", join(root, "lib", loader.replace(/^.*\//, "")));
}

/** Where a package has put it: older ones do not know that /lib is /usr/lib. */
function library(from: string, triplet: string, name: string): string {
  const places = ["lib", "usr/lib"].map((folder) => join(from, folder, triplet, name));
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`Cannot find "${name}" in Debian's packages: expected it in ${places.join(" or ")}`);
  return found;
}

function put(file: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(file, path);
}

function run([command = "", ...args]: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot run "${command}": ${`${stderr ?? ""}${error?.message ?? ""}`.trim()}`);
}

/** Of the files that say how roots are made. */
function hashOf(...files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(HERE, file)));
  return hash.digest("hex").slice(0, 16);
}
