// install.sh on this machine: what its flags and variables mean, what it does with odd releases and odd places, and that it leaves
// nothing behind.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, describe, test } from "node:test";
import { ended } from "../support/children.ts";
import { eventually } from "../support/work-site.ts";
import { install, INSTALLER, LINUX_AMD64, pathOf, Place, refused, usualArguments } from "./installing.ts";
import { ARCHIVE, CHECKSUMS, Releases, VERSION } from "./releases.ts";

const releases = await Releases.open(VERSION);
after(() => releases.close());

describe("install.sh", () => {
  test("makes of the flags what the environment leaves open, and of neither a guess", async () => {
    using place = new Place(LINUX_AMD64);
    const env = {
      JOB_CONTROLLER_INSTALL_VERSION: "v0.1.0",
      JOB_CONTROLLER_INSTALL_BASE_URL: `${releases.base}/`,
      JOB_CONTROLLER_INSTALL_DIR: place.to,
    };
    assert.equal((await place.run([], { env })).stdout, "PLACE/to/job-controller\n");
    assert.equal((await place.run(["--dir=else where/bin/"], { env })).stdout, "PLACE/else where/bin/job-controller\n");
    for (const [name, words] of [
      ["JOB_CONTROLLER_INSTALL_VERSION", "expected --version=VERSION, such as 0.1.0"],
      ["JOB_CONTROLLER_INSTALL_BASE_URL", "expected --base-url=URL, such as https://example.com/owner/job-controller/releases/download"],
    ] as const) {
      assert.deepEqual(await place.run([], { env: { ...env, [name]: "" } }), refused(`Cannot install job-controller: ${words}`));
    }
  });

  const REFUSED: [argument: string, words: string][] = [
    ["0.1.0", 'Cannot read argument "0.1.0": expected --version=VERSION, --dir=FOLDER or --base-url=URL'],
    ["--version=latest", 'Cannot install version "latest": expected one such as 0.1.0'],
    ["--version=0.1.0/../../x", 'Cannot install version "0.1.0/../../x": expected one such as 0.1.0'],
    ["--version=0.1.0\n::stop-commands::x", 'Cannot install version "0.1.0 ::stop-commands::x": expected one such as 0.1.0'],
    ["--version=0$(: > ran)", 'Cannot install version "0$(: > ran)": expected one such as 0.1.0'],
    ["--base-url=http://example.com/x", 'Cannot use base URL "http://example.com/x": expected https://…, or http://localhost'],
    ["--base-url=http://localhost.example.com/x", 'Cannot use base URL "http://localhost.example.com/x": expected https://…, or http://localhost'],
    ["--base-url=file:///tmp", 'Cannot use base URL "file:///tmp": expected https://…, or http://localhost'],
    ["--base-url=-o/etc/passwd", 'Cannot use base URL "-o/etc/passwd": expected https://…, or http://localhost'],
    [
      "--base-url=https://me:secret@example.com",
      "Cannot use the base URL: expected letters, digits and :/._~%+- alone, no credentials and no query",
    ],
    ["--dir=to\n/else", 'Cannot install into "to /else": expected a path without line breaks'],
  ];
  for (const [argument, words] of REFUSED) {
    test(`refuses ${JSON.stringify(argument)}, without a request`, async () => {
      using place = new Place(LINUX_AMD64);
      releases.asked.length = 0;
      assert.deepEqual(await install(releases, place, [argument]), refused(words));
      assert.deepEqual(place.left, []);
      assert.deepEqual(releases.asked, []);
    });
  }

  for (const [tool, script] of [["shasum", 'test "$*" = "-a 256" && exec sha256sum'], ["openssl", ""]] as const) {
    test(`verifies with ${tool} where there is no sha256sum`, async () => {
      using place = new Place(LINUX_AMD64);
      place.take("sha256sum");
      // Perl's program is stood in for: the same output, the same arguments.
      place.give(script === "" ? { [tool]: true } : { [tool]: { script: script.replace("sha256sum", pathOf("sha256sum")) } });
      assert.equal((await install(releases, place)).stdout, "PLACE/to/job-controller\n");
      await releases.publishOdd("0.3.0", { checksums: `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz\n` });
      assert.match((await install(releases, place, ["--version=0.3.0"])).stderr, /^Cannot verify .*: expected SHA-256 0{64}, found [\da-f]{64}$/m);
    });
  }

  test("installs nothing that it cannot verify", async () => {
    using place = new Place(LINUX_AMD64);
    place.take("sha256sum");
    assert.deepEqual(
      await install(releases, place),
      refused(`Downloading ${ARCHIVE}\nCannot verify "${ARCHIVE}": expected sha256sum, shasum or openssl in PATH`),
    );
    assert.deepEqual(place.left, []);
  });

  test("wants something that downloads", async () => {
    using place = new Place(LINUX_AMD64);
    place.take("curl");
    assert.deepEqual(await install(releases, place), refused(`Cannot download "BASE/v0.1.0/${CHECKSUMS}": expected curl or wget in PATH`));
    assert.deepEqual(place.left, []);
  });

  test("believes no wget that does not look at certificates", async () => {
    using place = new Place(LINUX_AMD64);
    place.take("curl");
    const says = "echo 'wget: note: TLS certificate validation not implemented' >&2";
    place.give({ wget: { script: `test "$1" = --version && exit 1; ${says}; exec ${pathOf("busybox")} wget "$@"` } });
    assert.deepEqual(
      await install(releases, place),
      refused(`Cannot download "BASE/v0.1.0/${CHECKSUMS}": expected a wget that verifies certificates; install curl`),
    );
    assert.deepEqual(place.left, []);
  });

  test("refuses an archive without the program", async () => {
    using place = new Place({ ...LINUX_AMD64, tar: { script: `exec ${pathOf("busybox")} tar "$@"` } });
    await releases.publishOdd("0.3.0", { name: "another" });
    assert.deepEqual(
      await install(releases, place, ["--version=0.3.0"]),
      refused(
        "Downloading job-controller_0.3.0_linux_amd64.tar.gz\n" +
          'Cannot unpack "job-controller_0.3.0_linux_amd64.tar.gz": expected job-controller in it: tar: job-controller: not found in archive',
      ),
    );
    assert.deepEqual(place.left, []);
  });

  test("refuses a program that does not start, with its own words", async () => {
    using place = new Place(LINUX_AMD64);
    await releases.publishOdd("0.3.0", { program: "echo no such instruction >&2; exit 7" });
    assert.deepEqual(
      await install(releases, place, ["--version=0.3.0"]),
      refused(
        "Downloading job-controller_0.3.0_linux_amd64.tar.gz\nCannot run job-controller 0.3.0 on this system: no such instruction",
      ),
    );
    assert.deepEqual(place.left, []);
  });

  test("starts it without the variables that make another program of it", async () => {
    using place = new Place(LINUX_AMD64);
    await releases.publishOdd("0.3.0", { program: 'echo "${BUN_OPTIONS-none} ${BUN_BE_BUN-none}"' });
    const { stderr } = await install(releases, place, ["--version=0.3.0"], { env: { BUN_OPTIONS: "--preload=x", BUN_BE_BUN: "1" } });
    assert.match(stderr, /^none none$/m);
  });

  test("puts a new version in the place of an old one, and leaves that one alone when it fails", async () => {
    using place = new Place(LINUX_AMD64);
    const path = join(place.to, "job-controller");
    mkdirSync(place.to);
    writeFileSync(path, "old");
    const old = statSync(path).ino;
    await releases.publishOdd("0.3.0", { program: "exit 7" });
    assert.equal((await install(releases, place, ["--version=0.3.0"])).code, 1);
    assert.equal(readFileSync(path, "utf8"), "old");
    assert.equal((await install(releases, place)).code, 0);
    assert.notEqual(statSync(path).ino, old);
    assert.match(readFileSync(path, "utf8"), /linux_amd64/);
    assert.deepEqual(place.left, ["to", "to/job-controller"]);
  });

  test("says nothing of PATH where it holds the folder", async () => {
    using place = new Place(LINUX_AMD64);
    const { stderr } = await install(releases, place, [], { env: { PATH: `${place.bin}:${place.to}` } });
    assert.equal(stderr, `Downloading ${ARCHIVE}\njob-controller 0.1.0 for linux_amd64\n`);
  });

  test("takes root's folder for root, and one below the home of anybody else", async () => {
    using place = new Place({ ...LINUX_AMD64, id: { script: "echo 1000" }, mkdir: { script: 'echo "asked for $*" >&2; exit 1' } });
    const args = [`--version=${VERSION}`, `--base-url=${releases.base}`];
    assert.deepEqual(await place.run(args), refused('Cannot install into "PLACE/.local/bin": asked for -p PLACE/.local/bin'));
    place.give({ id: { script: "echo 0" } });
    assert.deepEqual(await place.run(args), refused('Cannot install into "/usr/local/bin": asked for -p /usr/local/bin'));
  });

  test("refuses a folder in the program's place, and a file in the folder's", async () => {
    using place = new Place(LINUX_AMD64);
    mkdirSync(join(place.to, "job-controller"), { recursive: true });
    const { stderr } = await install(releases, place);
    assert.match(stderr, /\nCannot install "PLACE\/to\/job-controller": expected no folder of that name\n$/);
    assert.deepEqual(place.left, ["to", "to/job-controller"]);
    writeFileSync(join(place.path, "file"), "");
    const told = await install(releases, place, [`--dir=${place.path}/file/bin`]);
    assert.match(told.stderr, /^Cannot install into "PLACE\/file\/bin": mkdir: cannot create directory .*: Not a directory\n$/);
    assert.deepEqual(place.left, ["file", "to", "to/job-controller"]);
  });

  test("leaves nothing when it is stopped in mid-download", async () => {
    using place = new Place(LINUX_AMD64);
    await releases.publishOdd("0.4.0");
    releases.put("v0.4.0/job-controller_0.4.0_linux_amd64.tar.gz", "x".repeat(1000), "held");
    releases.asked.length = 0;
    const args = ["--version=0.4.0", `--base-url=${releases.base}`, `--dir=${place.to}/deep`];
    const child = spawn(pathOf("dash"), [INSTALLER, ...args], { env: { PATH: place.bin }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const end = ended(child);
    await eventually(() => releases.asked.includes("v0.4.0/job-controller_0.4.0_linux_amd64.tar.gz") || undefined);
    process.kill(-child.pid!, "SIGINT");
    assert.equal((await end).code, 130);
    assert.deepEqual(place.left, []);
  });

  test("does nothing when it comes through a pipe that breaks off", async () => {
    using place = new Place(LINUX_AMD64);
    const whole = readFileSync(INSTALLER, "utf8");
    const lines = whole.split("\n").map((_, at, all) => all.slice(0, at).join("\n"));
    const parts = [...lines.slice(0, -1), whole.trimEnd().slice(0, -1), whole.slice(0, whole.length / 2)];
    releases.asked.length = 0;
    await Promise.all(
      parts.map(async (text) => {
        const child = spawn(pathOf("dash"), ["-s", "--", ...usualArguments(releases, place)], {
          env: { PATH: place.bin },
          stdio: ["pipe", "ignore", "ignore"],
        });
        child.stdin?.end(text);
        await new Promise((resolve) => child.once("close", resolve));
      }),
    );
    assert.deepEqual(releases.asked, []);
    assert.deepEqual(place.left, []);
  });
});
