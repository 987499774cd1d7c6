// install.sh on this machine: what it installs, and with which words it refuses to, in several shells and with several clients.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { sha256 } from "../../scripts/release/checksums.ts";
import { ended } from "../support/children.ts";
import { eventually } from "../support/work-site.ts";
import { INSTALLER, type Options, pathOf, Place, type Tools } from "./installing.ts";
import { executable, packed, Releases, targetOf, VERSION } from "./releases.ts";

const LINUX = targetOf("linux_amd64");
const ARCHIVE = "job-controller_0.1.0_linux_amd64.tar.gz";
const CHECKSUMS = "job-controller_0.1.0_checksums.txt";

/** A machine of one kind, whichever this is. */
const THIS = { uname: { script: 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac' }, ldd: { script: "echo 'ldd (GNU libc) 2.40'" } };

let releases: Releases;
before(async () => {
  releases = await Releases.open();
  await releases.publish();
});
after(() => releases.close());

/** Runs it with all that it needs, flags in `more` after the usual ones. BASE stands for the base URL in what it says. */
async function install(place: Place, more: string[] = [], options: Options = {}) {
  const { code, stdout, stderr } = await place.run([`--version=${VERSION}`, `--base-url=${releases.base}`, `--dir=${place.to}`, ...more], options);
  return { code, stdout, stderr: stderr.replaceAll(releases.base, "BASE") };
}

function refused(stderr: string) {
  return { code: 1, stdout: "", stderr: `${stderr}\n` };
}

const WGET: Tools = { wget: true };
const SMALL_WGET: Tools = { wget: { script: `exec ${pathOf("busybox")} wget "$@"` } };
/** Shell, client, what that client says of a page that is not there and of one that breaks off. BusyBox takes its own wget. */
const WAYS: [shell: string, client: string, tools: Tools, missing: RegExp, cut: RegExp][] = [
  ["dash", "curl", {}, /^curl: \(22\) The requested URL returned error: 404$/, /^curl: \(18\) .*\d+ bytes remaining to read$/],
  ["bash", "curl", {}, /^curl: \(22\) The requested URL returned error: 404$/, /^curl: \(18\) .*\d+ bytes remaining to read$/],
  ["busybox", "curl", {}, /^curl: \(22\) The requested URL returned error: 404$/, /^curl: \(18\) .*\d+ bytes remaining to read$/],
  ["dash", "GNU wget", WGET, /^[-\d]+ [:\d]+ ERROR 404: Not Found\.$/, /^it broke off$/],
  ["bash", "GNU wget", WGET, /^[-\d]+ [:\d]+ ERROR 404: Not Found\.$/, /^it broke off$/],
  ["dash", "the wget of busybox", SMALL_WGET, /^wget: server returned error: HTTP\/1\.1 404 Not Found$/, /^wget: connection closed prematurely$/],
  ["busybox", "the wget of busybox", SMALL_WGET, /^wget: server returned error: HTTP\/1\.1 404 Not Found$/, /^wget: connection closed prematurely$/],
];

for (const [shell, client, tools, missing, cut] of WAYS) {
  describe(`install.sh in ${shell} with ${client}`, () => {
    const placed = () => {
      const place = new Place({ ...THIS, ...tools });
      if (client !== "curl") place.take("curl");
      return place;
    };

    test("verifies, then installs, and says where", async () => {
      using place = placed();
      releases.asked.length = 0;
      assert.deepEqual(await install(place, [], { shell }), {
        code: 0,
        stdout: "PLACE/to/job-controller\n",
        stderr: `Downloading ${ARCHIVE}\njob-controller 0.1.0 for linux_amd64\nAdd "PLACE/to" to PATH\n`,
      });
      assert.deepEqual(releases.asked, [`v0.1.0/${CHECKSUMS}`, `v0.1.0/${ARCHIVE}`]);
      assert.deepEqual(place.left, ["to", "to/job-controller"]);
      assert.equal(statSync(join(place.to, "job-controller")).mode & 0o777, 0o755);
    });

    test("refuses a version that is not published", async () => {
      using place = placed();
      const { code, stdout, stderr } = await install(place, ["--version=0.9.0"], { shell });
      const [, url, why = ""] = /^Cannot download "(.*)": (.*)\n$/.exec(stderr) ?? [];
      assert.deepEqual([code, stdout, url], [1, "", "BASE/v0.9.0/job-controller_0.9.0_checksums.txt"], stderr);
      assert.match(why, missing);
      assert.deepEqual(place.left, []);
    });

    test("refuses an archive that breaks off", async () => {
      using place = placed();
      releases.put(`v0.2.0/job-controller_0.2.0_checksums.txt`, `${sha256(Buffer.from("x"))}  job-controller_0.2.0_linux_amd64.tar.gz\n`);
      releases.put(`v0.2.0/job-controller_0.2.0_linux_amd64.tar.gz`, "x".repeat(1000), "cut");
      const { code, stdout, stderr } = await install(place, ["--version=0.2.0"], { shell });
      const [, url, why = ""] = /^Downloading job-controller_0\.2\.0_linux_amd64\.tar\.gz\nCannot download "(.*)": (.*)\n$/.exec(stderr) ?? [];
      assert.deepEqual([code, stdout, url], [1, "", "BASE/v0.2.0/job-controller_0.2.0_linux_amd64.tar.gz"], stderr);
      assert.match(why, cut);
      assert.deepEqual(place.left, []);
    });

    test("refuses another checksum, with nothing unpacked or run", async () => {
      using place = placed();
      const found = await publishOdd("0.3.0", `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz\n`, ': > "$HOME/ran"');
      if (shell !== "busybox") place.give({ tar: { script: `: > "${place.path}/unpacked"; exec ${pathOf("tar")} "$@"` } });
      assert.deepEqual(
        await install(place, ["--version=0.3.0"], { shell }),
        refused(
          "Downloading job-controller_0.3.0_linux_amd64.tar.gz\n" +
            `Cannot verify "job-controller_0.3.0_linux_amd64.tar.gz": expected SHA-256 ${"0".repeat(64)}, found ${found}`,
        ),
      );
      assert.deepEqual(place.left, []);
    });

    test("refuses checksums without a line for the archive, before it asks for that", async () => {
      using place = placed();
      await publishOdd("0.3.0", `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz.sig\n`);
      releases.asked.length = 0;
      assert.deepEqual(
        await install(place, ["--version=0.3.0"], { shell }),
        refused(
          'Cannot verify "job-controller_0.3.0_linux_amd64.tar.gz": expected a line for it in BASE/v0.3.0/job-controller_0.3.0_checksums.txt',
        ),
      );
      assert.deepEqual(releases.asked, ["v0.3.0/job-controller_0.3.0_checksums.txt"]);
      assert.deepEqual(place.left, []);
    });
  });
}

/** One archive of a version, with the checksums file as it is given. @returns Its hash. */
async function publishOdd(version: string, checksums: string | undefined, program = ":", name = "job-controller"): Promise<string> {
  const data = await packed(LINUX, [executable(name, `#!/bin/sh\n${program}\n`)]);
  const archive = `job-controller_${version}_linux_amd64.tar.gz`;
  releases.put(`v${version}/${archive}`, data);
  releases.put(`v${version}/job-controller_${version}_checksums.txt`, checksums ?? `${sha256(data)}  ${archive}\n`);
  return sha256(data);
}

describe("install.sh", () => {
  test("makes of the flags what the environment leaves open, and of neither a guess", async () => {
    using place = new Place(THIS);
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
      using place = new Place(THIS);
      releases.asked.length = 0;
      assert.deepEqual(await install(place, [argument]), refused(words));
      assert.deepEqual(place.left, []);
      assert.deepEqual(releases.asked, []);
    });
  }

  for (const [tool, script] of [["shasum", 'test "$*" = "-a 256" && exec sha256sum'], ["openssl", ""]] as const) {
    test(`verifies with ${tool} where there is no sha256sum`, async () => {
      using place = new Place(THIS);
      place.take("sha256sum");
      // Perl's program is stood in for: the same output, the same arguments.
      place.give(script === "" ? { [tool]: true } : { [tool]: { script: script.replace("sha256sum", pathOf("sha256sum")) } });
      assert.equal((await install(place)).stdout, "PLACE/to/job-controller\n");
      await publishOdd("0.3.0", `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz\n`);
      assert.match((await install(place, ["--version=0.3.0"])).stderr, /^Cannot verify .*: expected SHA-256 0{64}, found [\da-f]{64}$/m);
    });
  }

  test("installs nothing that it cannot verify", async () => {
    using place = new Place(THIS);
    place.take("sha256sum");
    assert.deepEqual(
      await install(place),
      refused(`Downloading ${ARCHIVE}\nCannot verify "${ARCHIVE}": expected sha256sum, shasum or openssl in PATH`),
    );
    assert.deepEqual(place.left, []);
  });

  test("wants something that downloads", async () => {
    using place = new Place(THIS);
    place.take("curl");
    assert.deepEqual(await install(place), refused(`Cannot download "BASE/v0.1.0/${CHECKSUMS}": expected curl or wget in PATH`));
    assert.deepEqual(place.left, []);
  });

  test("believes no wget that does not look at certificates", async () => {
    using place = new Place(THIS);
    place.take("curl");
    const says = "echo 'wget: note: TLS certificate validation not implemented' >&2";
    place.give({ wget: { script: `test "$1" = --version && exit 1; ${says}; exec ${pathOf("busybox")} wget "$@"` } });
    assert.deepEqual(
      await install(place),
      refused(`Cannot download "BASE/v0.1.0/${CHECKSUMS}": expected a wget that verifies certificates; install curl`),
    );
    assert.deepEqual(place.left, []);
  });

  test("refuses an archive without the program", async () => {
    using place = new Place({ ...THIS, tar: { script: `exec ${pathOf("busybox")} tar "$@"` } });
    await publishOdd("0.3.0", undefined, ":", "another");
    assert.deepEqual(
      await install(place, ["--version=0.3.0"]),
      refused(
        "Downloading job-controller_0.3.0_linux_amd64.tar.gz\n" +
          'Cannot unpack "job-controller_0.3.0_linux_amd64.tar.gz": expected job-controller in it: tar: job-controller: not found in archive',
      ),
    );
    assert.deepEqual(place.left, []);
  });

  test("refuses a program that does not start, with its own words", async () => {
    using place = new Place(THIS);
    await publishOdd("0.3.0", undefined, "echo no such instruction >&2; exit 7");
    assert.deepEqual(
      await install(place, ["--version=0.3.0"]),
      refused(
        "Downloading job-controller_0.3.0_linux_amd64.tar.gz\nCannot run job-controller 0.3.0 on this system: no such instruction",
      ),
    );
    assert.deepEqual(place.left, []);
  });

  test("starts it without the variables that make another program of it", async () => {
    using place = new Place(THIS);
    await publishOdd("0.3.0", undefined, 'echo "${BUN_OPTIONS-none} ${BUN_BE_BUN-none}"');
    const { stderr } = await install(place, ["--version=0.3.0"], { env: { BUN_OPTIONS: "--preload=x", BUN_BE_BUN: "1" } });
    assert.match(stderr, /^none none$/m);
  });

  test("puts a new version in the place of an old one, and leaves that one alone when it fails", async () => {
    using place = new Place(THIS);
    const path = join(place.to, "job-controller");
    mkdirSync(place.to);
    writeFileSync(path, "old");
    const old = statSync(path).ino;
    await publishOdd("0.3.0", undefined, "exit 7");
    assert.equal((await install(place, ["--version=0.3.0"])).code, 1);
    assert.equal(readFileSync(path, "utf8"), "old");
    assert.equal((await install(place)).code, 0);
    assert.notEqual(statSync(path).ino, old);
    assert.match(readFileSync(path, "utf8"), /linux_amd64/);
    assert.deepEqual(place.left, ["to", "to/job-controller"]);
  });

  test("says nothing of PATH where it holds the folder", async () => {
    using place = new Place(THIS);
    const { stderr } = await install(place, [], { env: { PATH: `${place.bin}:${place.to}` } });
    assert.equal(stderr, `Downloading ${ARCHIVE}\njob-controller 0.1.0 for linux_amd64\n`);
  });

  test("takes root's folder for root, and one below the home of anybody else", async () => {
    using place = new Place({ ...THIS, id: { script: "echo 1000" }, mkdir: { script: 'echo "asked for $*" >&2; exit 1' } });
    const args = [`--version=${VERSION}`, `--base-url=${releases.base}`];
    assert.deepEqual(await place.run(args), refused('Cannot install into "PLACE/.local/bin": asked for -p PLACE/.local/bin'));
    place.give({ id: { script: "echo 0" } });
    assert.deepEqual(await place.run(args), refused('Cannot install into "/usr/local/bin": asked for -p /usr/local/bin'));
  });

  test("refuses a folder in the program's place, and a file in the folder's", async () => {
    using place = new Place(THIS);
    mkdirSync(join(place.to, "job-controller"), { recursive: true });
    const { stderr } = await install(place);
    assert.match(stderr, /\nCannot install "PLACE\/to\/job-controller": expected no folder of that name\n$/);
    assert.deepEqual(place.left, ["to", "to/job-controller"]);
    writeFileSync(join(place.path, "file"), "");
    const told = await install(place, [`--dir=${place.path}/file/bin`]);
    assert.match(told.stderr, /^Cannot install into "PLACE\/file\/bin": mkdir: cannot create directory .*: Not a directory\n$/);
    assert.deepEqual(place.left, ["file", "to", "to/job-controller"]);
  });

  test("leaves nothing when it is stopped in mid-download", async () => {
    using place = new Place(THIS);
    await publishOdd("0.4.0", undefined);
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
    using place = new Place(THIS);
    const whole = readFileSync(INSTALLER, "utf8");
    const lines = whole.split("\n").map((_, at, all) => all.slice(0, at).join("\n"));
    const parts = [...lines.slice(0, -1), whole.trimEnd().slice(0, -1), whole.slice(0, whole.length / 2)];
    releases.asked.length = 0;
    await Promise.all(
      parts.map(async (text) => {
        const child = spawn(pathOf("dash"), ["-s", "--", `--version=${VERSION}`, `--base-url=${releases.base}`, `--dir=${place.to}`], {
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
