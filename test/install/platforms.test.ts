// install.sh on every kind of system: by what uname and ldd say of it, and in roots that hold little more than BusyBox and a loader.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { TARGETS, targetName } from "../../scripts/release/targets.ts";
import { Place, refused, type Tools, usualArguments } from "./installing.ts";
import { Releases, VERSION } from "./releases.ts";
import { obstacle, Root } from "./root.ts";

const releases = await Releases.open(VERSION);
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
      const { code, stdout, stderr } = await place.run(usualArguments(releases, place));
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`^job-controller 0\\.1\\.0 for ${target}$`, "m"));
      assert.equal(stdout, `PLACE/to/job-controller${system.includes("_NT") ? ".exe" : ""}\n`);
    });
  }

  test("is one of those that a release has binaries for", () => {
    const chosen = new Set([...UNAMES.map(([, , , target]) => target), ...ROOTS.flatMap(({ target }) => target ?? [])]);
    assert.deepEqual([...chosen].sort(), TARGETS.map(targetName).sort());
  });

  for (const name of ["Linux riscv64", "Linux i686", "FreeBSD amd64", "Darwin ppc", "MINGW64_NT-10.0 i686"]) {
    test(`is not ${name}`, async () => {
      const [system = "", architecture = ""] = name.split(" ");
      using place = new Place(machine(system, architecture));
      releases.asked.length = 0;
      const words = `Cannot install job-controller on "${name}": expected Linux or macOS on x86-64 or arm64, or Windows on x86-64`;
      assert.deepEqual(await place.run(usualArguments(releases, place)), refused(words));
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

function install(root: Root, machine: string, args: string[], access: "rw" | "ro" = "rw") {
  // A function, because the shell of BusyBox does not look for commands that it has itself.
  const uname = `uname() { case $1 in -s) echo Linux ;; -m) echo ${machine} ;; esac; }`;
  return root.run(`${uname}; . /install.sh`, [`--version=${VERSION}`, `--base-url=${releases.base}`, ...args], access);
}

describe("in a root of", () => {
  const skip = obstacle();
  for (const { name, machine = "x86_64", files, ldd, target, refusal } of ROOTS) {
    test(`${name}: ${target ?? "nothing"}`, { skip }, async () => {
      using root = new Root();
      for (const file of files) root.write(file);
      if (ldd !== undefined) root.write("/bin/ldd", `#!/bin/sh\necho "${ldd}" >&2\nexit 1\n`);
      const { code, stdout, stderr } = await install(root, machine, ["--dir=/opt/bin"]);
      if (refusal === undefined) {
        const said = `Downloading job-controller_0.1.0_${target}.tar.gz\njob-controller 0.1.0 for ${target}\nAdd "/opt/bin" to PATH\n`;
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "/opt/bin/job-controller\n", stderr: said });
        assert.deepEqual(root.list("/opt"), ["bin", "bin/job-controller"]);
      } else {
        assert.deepEqual({ code, stdout, stderr }, refused(refusal));
        assert.deepEqual(root.list("/opt"), []);
      }
    });
  }

  test("glibc that is read-only: nothing, and it says so", { skip }, async () => {
    using root = new Root();
    root.write("/lib64/ld-linux-x86-64.so.2");
    root.write("/usr/local/bin/another");
    releases.asked.length = 0;
    assert.deepEqual(
      await install(root, "x86_64", ["--dir=/opt/bin"], "ro"),
      refused(`Cannot install into "/opt/bin": mkdir: can't create directory '/opt/bin': Read-only file system`),
    );
    const { stderr } = await install(root, "x86_64", [], "ro");
    assert.match(stderr, /^Cannot install into "\/usr\/local\/bin": mktemp: .*Read-only file system\n$/);
    assert.deepEqual(releases.asked, []);
  });
});
