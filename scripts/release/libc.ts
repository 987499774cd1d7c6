// An architecture → the loader and the four libraries that the program is linked with, out of Debian's package libc6. Whatever
// libc and whatever architecture the machine itself has stays out of it; from which release of Debian they are, its sources say.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Architecture, unpackDebian } from "../debian-packages.ts";

/** Where the binary looks for its loader, and Debian's folder for the libraries of the architecture. */
const PLACES: Record<Architecture, { loader: string; libraries: string }> = {
  amd64: { loader: "lib64/ld-linux-x86-64.so.2", libraries: "lib/x86_64-linux-gnu" },
  arm64: { loader: "lib/ld-linux-aarch64.so.1", libraries: "lib/aarch64-linux-gnu" },
};
const LIBRARIES = ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"];

export interface LibcFile {
  /** In the root, without a leading slash. */
  path: string;
  /** Where it is now. */
  source: string;
}

export interface Libc {
  /** Of the package, as `2.36-9+deb12u14`. */
  version: string;
  files: LibcFile[];
}

/** Unpacks the package in `folder`. @throws Error if it cannot be had or lacks a file */
export function unpackLibc(arch: Architecture, folder: string): Libc {
  unpackDebian(arch, ["libc6"], folder);
  const { loader, libraries } = PLACES[arch];
  // Debian 12 has them in /lib, later ones in /usr/lib. The loader's own place holds a link that leads out of the folder.
  const present = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.includes(`${libraries}/`));
  const files = [loader, ...LIBRARIES.map((name) => `${libraries}/${name}`)].map((path) => {
    const name = path.slice(path.lastIndexOf("/"));
    const source = present.find((candidate) => candidate.endsWith(name));
    if (source === undefined) throw new Error(`Cannot find "${name.slice(1)}" in libc6 of ${arch}: expected it in ${libraries}`);
    return { path, source: join(folder, source) };
  });
  return { version: versionIn(folder), files };
}

/** The first line of the changelog that every Debian package has begins with name and version. */
function versionIn(folder: string): string {
  const changelog = gunzipSync(readFileSync(join(folder, "usr/share/doc/libc6/changelog.Debian.gz"))).toString();
  return /^\S+ \((\S+)\)/.exec(changelog)?.[1] ?? "of unknown version";
}
