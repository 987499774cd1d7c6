// install.sh in several shells, with several programs that download: the same deeds and the same words.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { sha256 } from "../../scripts/release/checksums.ts";
import { install, LINUX_AMD64, pathOf, Place, refused, type Tools } from "./installing.ts";
import { ARCHIVE, CHECKSUMS, Releases, VERSION } from "./releases.ts";

const releases = await Releases.open(VERSION);
after(() => releases.close());

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
      const place = new Place({ ...LINUX_AMD64, ...tools });
      if (client !== "curl") place.take("curl");
      return place;
    };

    test("verifies, then installs, and says where", async () => {
      using place = placed();
      releases.asked.length = 0;
      assert.deepEqual(await install(releases, place, [], { shell }), {
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
      const { code, stdout, stderr } = await install(releases, place, ["--version=0.9.0"], { shell });
      const [, url, why = ""] = /^Cannot download "(.*)": (.*)\n$/.exec(stderr) ?? [];
      assert.deepEqual([code, stdout, url], [1, "", "BASE/v0.9.0/job-controller_0.9.0_checksums.txt"], stderr);
      assert.match(why, missing);
      assert.deepEqual(place.left, []);
    });

    test("refuses an archive that breaks off", async () => {
      using place = placed();
      releases.put(`v0.2.0/job-controller_0.2.0_checksums.txt`, `${sha256(Buffer.from("x"))}  job-controller_0.2.0_linux_amd64.tar.gz\n`);
      releases.put(`v0.2.0/job-controller_0.2.0_linux_amd64.tar.gz`, "x".repeat(1000), "cut");
      const { code, stdout, stderr } = await install(releases, place, ["--version=0.2.0"], { shell });
      const [, url, why = ""] = /^Downloading job-controller_0\.2\.0_linux_amd64\.tar\.gz\nCannot download "(.*)": (.*)\n$/.exec(stderr) ?? [];
      assert.deepEqual([code, stdout, url], [1, "", "BASE/v0.2.0/job-controller_0.2.0_linux_amd64.tar.gz"], stderr);
      assert.match(why, cut);
      assert.deepEqual(place.left, []);
    });

    test("refuses another checksum, with nothing unpacked or run", async () => {
      using place = placed();
      const checksums = `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz\n`;
      const found = await releases.publishOdd("0.3.0", { checksums, program: ': > "$HOME/ran"' });
      if (shell !== "busybox") place.give({ tar: { script: `: > "${place.path}/unpacked"; exec ${pathOf("tar")} "$@"` } });
      assert.deepEqual(
        await install(releases, place, ["--version=0.3.0"], { shell }),
        refused(
          "Downloading job-controller_0.3.0_linux_amd64.tar.gz\n" +
            `Cannot verify "job-controller_0.3.0_linux_amd64.tar.gz": expected SHA-256 ${"0".repeat(64)}, found ${found}`,
        ),
      );
      assert.deepEqual(place.left, []);
    });

    test("refuses checksums without a line for the archive, before it asks for that", async () => {
      using place = placed();
      await releases.publishOdd("0.3.0", { checksums: `${"0".repeat(64)}  job-controller_0.3.0_linux_amd64.tar.gz.sig\n` });
      releases.asked.length = 0;
      assert.deepEqual(
        await install(releases, place, ["--version=0.3.0"], { shell }),
        refused(
          'Cannot verify "job-controller_0.3.0_linux_amd64.tar.gz": expected a line for it in BASE/v0.3.0/job-controller_0.3.0_checksums.txt',
        ),
      );
      assert.deepEqual(releases.asked, ["v0.3.0/job-controller_0.3.0_checksums.txt"]);
      assert.deepEqual(place.left, []);
    });
  });
}
