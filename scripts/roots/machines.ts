// The two kinds of processor, and where Debian's packages put for each what a root is made of.

import process from "node:process";
import type { Architecture } from "../debian-packages.ts";

export interface Machine {
  arch: Architecture;
  /** Folder of glibc and of the C++ libraries, below lib and usr/lib. */
  triplet: string;
  /** Where a program linked to glibc looks for its loader. */
  loader: string;
  /** The same for musl. */
  muslLoader: string;
  /** Program of qemu-user-static that runs its binaries on another kind of processor. */
  emulator: string;
}

export const MACHINES: readonly Machine[] = [
  {
    arch: "amd64",
    triplet: "x86_64-linux-gnu",
    loader: "lib64/ld-linux-x86-64.so.2",
    muslLoader: "lib/ld-musl-x86_64.so.1",
    emulator: "qemu-x86_64-static",
  },
  {
    arch: "arm64",
    triplet: "aarch64-linux-gnu",
    loader: "lib/ld-linux-aarch64.so.1",
    muslLoader: "lib/ld-musl-aarch64.so.1",
    emulator: "qemu-aarch64-static",
  },
];

/** That of this processor. */
export const HOST: Architecture = process.arch === "arm64" ? "arm64" : "amd64";
