// install.sh on every kind of system: by what uname and ldd say of it, and in roots that hold little more than BusyBox and a loader.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { TARGETS, targetName } from "../../scripts/release/targets.ts";
import { ended } from "../support/children.ts";
import { type Installed, INSTALLER, pathOf, Place, type Tools } from "./installing.ts";
import { Releases, VERSION } from "./releases.ts";

let releases: Releases;
before(async () => {
  releases = await Releases.open();
  await releases.publish();
});
after(() => releases.close());

function machine(system: string, architecture: string, ldd?: string): Tools {
  return {
    uname: { script: `case $1 in -s) echo "${system}" ;; -m) echo "${architecture}" ;; esac` },
    ldd: { script: ldd === undefined ? "exit 127" : `echo "${ldd}" >&2; exit 1` },
    unzip: true,
  };
}

const GLIBC = "ldd (Debian GLIBC 2.36-9+deb12u13) 2.36";
const GNU = "ldd (GNU libc) 2.40";
const UNAMES: [system: string, architecture: string, ldd: string | undefined, target: string][] = [
  ["Linux", "x86_64", GLIBC, "linux_amd64"],
  ["Linux", "x86_64", GNU, "linux_amd64"],
  ["Linux", "aarch64", GLIBC, "linux_arm64"],
  ["Darwin", "x86_64", undefined, "darwin_amd64"],
  ["Darwin", "arm64", undefined, "darwin_arm64"],
  ["MINGW64_NT-10.0-26100", "x86_64", undefined, "windows_amd64"],
  ["MSYS_NT-10.0-26100", "x86_64", undefined, "windows_amd64"],
];

describe("the platform", () => {
  for (const [system, architecture, ldd, target] of UNAMES) {
    test(`is ${target} where uname says ${system} ${architecture}${ldd === undefined ? "" : ` and ldd ${ldd}`}`, async () => {
      using place = new Place(machine(system, architecture, ldd));
      const { code, stdout, stderr } = await place.run([`--version=${VERSION}`, `--base-url=${releases.base}`, `--dir=${place.to}`]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`^job-controller 0\\.1\\.0 for ${target}$`, "m"));
      assert.equal(stdout, `PLACE/to/job-controller${system.includes("_NT") ? ".exe" : ""}\n`);
    });
  }

  test("is one of those that a release has binaries for", () => {
    const chosen = new Set([...UNAMES.map(([, , , target]) => target), ...ROOTS.flatMap(({ target }) => target ?? [])]);
    assert.deepEqual([...chosen].sort(), TARGETS.map(targetName).sort());
  });

  for (const [system, architecture] of [["Linux", "riscv64"], ["Linux", "i686"], ["FreeBSD", "amd64"], ["Darwin", "ppc"], ["MINGW64_NT-10.0", "i686"]] as const) {
    test(`is not ${system} ${architecture}`, async () => {
      using place = new Place(machine(system, architecture));
      releases.asked.length = 0;
      assert.deepEqual(await place.run([`--version=${VERSION}`, `--base-url=${releases.base}`, `--dir=${place.to}`]), {
        code: 1,
        stdout: "",
        stderr: `Cannot install job-controller on "${system} ${architecture}": expected Linux or macOS on x86-64 or arm64, or Windows on x86-64\n`,
      });
      assert.deepEqual([place.left, releases.asked], [[], []]);
    });
  }
});

const CPP = ["/usr/lib/libstdc++.so.6", "/usr/lib/libgcc_s.so.1"];
const ALPINE_AMD64 = ["/lib/ld-musl-x86_64.so.1", ...CPP];

/** A system by the files that it has, and what is installed there; in place of the latter why nothing is. */
const ROOTS: { name: string; machine?: string; files: string[]; ldd?: string; target?: string; refusal?: string }[] = [
  { name: "glibc", files: ["/lib64/ld-linux-x86-64.so.2"], target: "linux_amd64" },
  { name: "glibc on arm64", machine: "aarch64", files: ["/lib/ld-linux-aarch64.so.1"], target: "linux_arm64" },
  { name: "musl", files: ALPINE_AMD64, target: "linux-musl_amd64" },
  { name: "musl on arm64", machine: "aarch64", files: ["/lib/ld-musl-aarch64.so.1", ...CPP], target: "linux-musl_arm64" },
  { name: "glibc with a musl beside it", files: ["/lib64/ld-linux-x86-64.so.2", ...ALPINE_AMD64], target: "linux_amd64" },
  { name: "musl with gcompat", files: ["/lib64/ld-linux-x86-64.so.2", ...ALPINE_AMD64], ldd: "musl libc (x86_64)", target: "linux-musl_amd64" },
  {
    name: "Alpine as it comes",
    files: ["/lib/ld-musl-x86_64.so.1"],
    refusal: "Cannot run job-controller on this system: expected libstdc++.so.6 in /usr/lib or /lib; on Alpine: apk add libstdc++ libgcc",
  },
  {
    name: "Alpine with half of it",
    files: ["/lib/ld-musl-x86_64.so.1", "/usr/lib/libstdc++.so.6"],
    refusal: "Cannot run job-controller on this system: expected libgcc_s.so.1 in /usr/lib or /lib; on Alpine: apk add libstdc++ libgcc",
  },
  {
    name: "neither",
    files: [],
    refusal: "Cannot tell the C library of this system: expected /lib64/ld-linux-x86-64.so.2 (glibc) or /lib/ld-musl-x86_64.so.1 (musl)",
  },
];

describe("in a root of", () => {
  const skip = obstacle();
  for (const { name, machine = "x86_64", files, ldd, target, refusal } of ROOTS) {
    test(`${name}: ${target ?? "nothing"}`, { skip }, async () => {
      using root = new Root(files, machine);
      if (ldd !== undefined) writeFileSync(join(root.path, "bin/ldd"), `#!/bin/sh\necho "${ldd}" >&2\nexit 1\n`, { mode: 0o755 });
      const { code, stdout, stderr } = await root.install(["--dir=/opt/bin"]);
      if (refusal === undefined) {
        const said = `Downloading job-controller_0.1.0_${target}.tar.gz\njob-controller 0.1.0 for ${target}\nAdd "/opt/bin" to PATH\n`;
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "/opt/bin/job-controller\n", stderr: said });
        assert.deepEqual(root.list("/opt"), ["bin", "bin/job-controller"]);
      } else {
        assert.deepEqual({ code, stdout, stderr }, { code: 1, stdout: "", stderr: `${refusal}\n` });
        assert.deepEqual(root.list("/opt"), []);
      }
    });
  }

  test("glibc that is read-only: nothing, and it says so", { skip }, async () => {
    using root = new Root(["/lib64/ld-linux-x86-64.so.2"], "x86_64");
    mkdirSync(join(root.path, "usr/local/bin"), { recursive: true });
    releases.asked.length = 0;
    const refusal = (folder: string, why: string) => ({ code: 1, stdout: "", stderr: `Cannot install into "${folder}": ${why}: Read-only file system\n` });
    assert.deepEqual(await root.install(["--dir=/opt/bin"], "ro"), refusal("/opt/bin", "mkdir: can't create directory '/opt/bin'"));
    const { stderr } = await root.install([], "ro");
    assert.match(stderr, /^Cannot install into "\/usr\/local\/bin": mktemp: .*Read-only file system\n$/);
    assert.deepEqual(releases.asked, []);
  });
});

/** A root directory with BusyBox's commands and files of the given names; what it is asked to install comes from this machine. */
class Root {
  readonly path = mkdtempSync(join(tmpdir(), "root-"));
  readonly #machine: string;

  constructor(files: readonly string[], machine: string) {
    this.#machine = machine;
    for (const folder of ["bin", "dev", "opt"]) mkdirSync(join(this.path, folder));
    copyFileSync(pathOf("busybox"), join(this.path, "bin/busybox"));
    copyFileSync(INSTALLER, join(this.path, "install.sh"));
    spawnSync("chroot", [this.path, "/bin/busybox", "--install", "-s", "/bin"]);
    for (const file of files) {
      mkdirSync(dirname(join(this.path, file)), { recursive: true });
      writeFileSync(join(this.path, file), "");
    }
  }

  list(folder: string): string[] {
    return readdirSync(join(this.path, folder), { recursive: true, encoding: "utf8" }).sort();
  }

  async install(args: string[], access: "rw" | "ro" = "rw"): Promise<Installed> {
    const enter =
      'mount --bind "$1" "$1" && mount -o remount,bind,"$2" "$1" && mount --bind /dev "$1/dev" && shift 2 && exec chroot "$@"';
    // A function, because the shell of BusyBox does not look for commands that it has itself.
    const start = `uname() { case $1 in -s) echo Linux ;; -m) echo ${this.#machine} ;; esac; }; . /install.sh`;
    const inside = [this.path, "/bin/sh", "-c", start, "sh", `--version=${VERSION}`, `--base-url=${releases.base}`, ...args];
    const child = spawn("unshare", ["-m", "sh", "-c", enter, "sh", this.path, access, ...inside], {
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
function obstacle(): string | false {
  if (process.platform !== "linux") return "a chroot of this kind exists only on Linux";
  if (process.getuid?.() !== 0) return "chroot rights: not root";
  const tried = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt && chroot / true"], { encoding: "utf8" });
  return tried.status === 0 ? false : `chroot rights: unshare or mount refused: ${(tried.stderr ?? "").trim()}`;
}
