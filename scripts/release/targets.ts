// The platforms that a release has binaries for, and how the files of each are named. Knows nothing of how they are made.

import process from "node:process";

export interface Target {
  os: "linux" | "darwin" | "windows";
  arch: "amd64" | "arm64";
  /** On Linux alone. */
  libc?: "glibc" | "musl";
  /** npm package that holds the Bun runtime of this platform; its version and hash are those of package-lock.json. */
  bunPackage: string;
  /** Value of `bun build --target`. */
  bunTarget: string;
}

export const TARGETS: readonly Target[] = [
  { os: "linux", arch: "amd64", libc: "glibc", bunPackage: "@oven/bun-linux-x64", bunTarget: "bun-linux-x64" },
  { os: "linux", arch: "arm64", libc: "glibc", bunPackage: "@oven/bun-linux-aarch64", bunTarget: "bun-linux-arm64" },
  { os: "linux", arch: "amd64", libc: "musl", bunPackage: "@oven/bun-linux-x64-musl", bunTarget: "bun-linux-x64-musl" },
  { os: "linux", arch: "arm64", libc: "musl", bunPackage: "@oven/bun-linux-aarch64-musl", bunTarget: "bun-linux-arm64-musl" },
  { os: "darwin", arch: "amd64", bunPackage: "@oven/bun-darwin-x64", bunTarget: "bun-darwin-x64" },
  { os: "darwin", arch: "arm64", bunPackage: "@oven/bun-darwin-aarch64", bunTarget: "bun-darwin-arm64" },
  { os: "windows", arch: "amd64", bunPackage: "@oven/bun-windows-x64", bunTarget: "bun-windows-x64" },
];

/** `linux_amd64`, `linux-musl_arm64`, `windows_amd64`: what tells a target's files from another's. */
export function targetName({ os, libc, arch }: Target): string {
  return `${os}${libc === "musl" ? "-musl" : ""}_${arch}`;
}

/** The target whose programs run on this machine, if there is one; Linux is taken to have glibc. */
export function hostTarget(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** The program's file name there. */
export function binaryName({ os }: Target): string {
  return os === "windows" ? "job-controller.exe" : "job-controller";
}

/** `job-controller_0.1.0_linux_amd64.tar.gz`; the version stands without `v`. */
export function archiveName(version: string, target: Target): string {
  return `job-controller_${version}_${targetName(target)}.${target.os === "windows" ? "zip" : "tar.gz"}`;
}

/** The CycloneDX document of the target's binary. */
export function billName(version: string, target: Target): string {
  return `job-controller_${version}_${targetName(target)}.cdx.json`;
}

/** In the format of `sha256sum`, one line for each other file of the release. */
export function checksumsName(version: string): string {
  return `job-controller_${version}_checksums.txt`;
}
