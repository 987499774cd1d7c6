// A root directory with BusyBox, in which install.sh is run as root of that system. What it downloads comes over loopback.

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { ended } from "../support/children.ts";
import { type Installed, INSTALLER, pathOf } from "./installing.ts";

/** Makes $1 a mount that may be written to or not ($2), and runs the rest in it. */
const ENTER = `
mount --bind "$1" "$1"
mount -o remount,bind,"$2" "$1"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
shift 2
exec chroot "$@"
`;

export class Root {
  readonly path = mkdtempSync(join(tmpdir(), "root-"));

  /** @param from A root that it begins as a copy of. */
  constructor(from?: string) {
    if (from !== undefined) cpSync(from, this.path, { recursive: true, verbatimSymlinks: true });
    for (const folder of ["bin", "dev", "opt", "proc"]) mkdirSync(join(this.path, folder), { recursive: true });
    copyFileSync(pathOf("busybox"), join(this.path, "bin/busybox"));
    copyFileSync(INSTALLER, join(this.path, "install.sh"));
    spawnSync("chroot", [this.path, "/bin/busybox", "--install", "-s", "/bin"]);
  }

  /** A file of that path in the root. */
  write(path: string, text = ""): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text, { mode: 0o755 });
  }

  list(folder: string): string[] {
    return readdirSync(join(this.path, folder), { recursive: true, encoding: "utf8" }).sort();
  }

  /** Runs a script of the shell with its arguments. */
  async run(script: string, args: readonly string[], access: "rw" | "ro" = "rw"): Promise<Installed> {
    const inside = [this.path, "/bin/sh", "-c", script, "sh", ...args];
    const child = spawn("unshare", ["-m", "sh", "-euc", ENTER, "sh", this.path, access, ...inside], {
      env: { PATH: `${process.env.PATH}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout, stderr } = await ended(child);
    return { code, stdout, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Why this machine cannot do it, false if it can. */
export function obstacle(): string | false {
  if (process.platform !== "linux") return "a chroot of this kind exists only on Linux";
  if (process.getuid?.() !== 0) return "chroot rights: not root";
  const tried = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt && chroot / true"], { encoding: "utf8" });
  return tried.status === 0 ? false : `chroot rights: unshare or mount refused: ${(tried.stderr ?? "").trim()}`;
}
