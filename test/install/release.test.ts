// The release that this commit would be, published on loopback: installed by its own installer, by the action and by hand, as
// README.md says.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, describe, test } from "node:test";
import { installer } from "../../scripts/release/installer.ts";
import { makeRelease } from "../../scripts/release/make.ts";
import { archiveName } from "../../scripts/release/targets.ts";
import { makeRoots, ROOTS, rootsImpossible } from "../../scripts/roots/roots.ts";
import { ended } from "../support/children.ts";
import { readAction, Runner } from "./composite.ts";
import { Place, ROOT } from "./installing.ts";
import { Releases } from "./releases.ts";
import { obstacle, Root } from "./root.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The suite makes it before it begins. */
const release = await makeRelease();

const releases = await Releases.open();
releases.putFolder(release.stamp.version, release.folder);
after(() => releases.close());

/** The `sh` blocks of a section, with the releases of this test in place of those that it names. */
function blocksOf(heading: string): string[] {
  const section = README.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```sh(?: no-run)?\n([^]*?)^```$/gm)].map(([, text = ""]) =>
    text.replace(/^RELEASES=.*$/m, `RELEASES=${releases.base}`),
  );
}

/** In a shell that stops at the first error, in the place's folder, which is the home, too. */
async function run(script: string, place: Place, env: Record<string, string> = {}) {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
    cwd: place.path,
    env: { PATH: process.env.PATH ?? "", HOME: place.path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return await ended(child);
}

describe("the release", () => {
  test("is installed by the line of README.md, and by hand as it says", { timeout: 100_000 }, async () => {
    using place = new Place();
    const [line = "", byHand = ""] = blocksOf("Download");
    const { version, commit } = release.stamp;
    const installed = await run(line, place, { JOB_CONTROLLER_INSTALL_DIR: place.to });
    assert.equal(installed.code, 0, installed.stderr);
    assert.equal(installed.stdout, `${place.to}/job-controller\n`);
    assert.match(installed.stderr, new RegExp(`^job-controller ${version} \\(${commit}, `, "m"));
    const unpacked = await run(`${line.split("\n")[0]}\n${byHand}\n./job-controller version`, place);
    assert.equal(unpacked.code, 0, unpacked.stderr);
    assert.match(unpacked.stdout, new RegExp(`^\\S+: OK\njob-controller ${version} \\(${commit}, `));
  });

  test("is put on PATH by the action, whose development server the next step talks to", { timeout: 100_000 }, async () => {
    using place = new Place();
    const job = new Runner(place.path, { PATH: process.env.PATH ?? "", HOME: place.path });
    try {
      await job.use(ROOT, { "base-url": releases.base, dev: "true" });
      assert.equal(job.code, 0, job.output);
      assert.ok(job.env.JOB_CONTROLLER_TLS_CERT_FILE, "it asks for a client certificate");
      await job.run("job-controller verify --profile=smoke");
      assert.equal(job.code, 0, job.output);
    } finally {
      job.close();
    }
  });

  const here = ROOTS.filter(({ emulator }) => emulator === undefined);
  const skip = obstacle() || (rootsImpossible() ?? false);
  for (const { target, folder } of here) {
    test(`runs where install.sh has put it in a root of ${target.libc}`, { skip, timeout: 100_000 }, async () => {
      makeRoots(() => {});
      using root = new Root(folder);
      const { version, commit } = release.stamp;
      const args = [`--version=${version}`, `--base-url=${releases.base}`];
      const installed = await root.run('sh /install.sh "$@" && exec /usr/local/bin/job-controller version', [...args, "--dir=/usr/local/bin"]);
      assert.match(installed.stderr, new RegExp(`^Downloading ${archiveName(version, target)}$`, "m"));
      assert.deepEqual([installed.code, installed.stdout.split("\n")[0]], [0, "/usr/local/bin/job-controller"], installed.stderr);
      assert.match(installed.stdout, new RegExp(`^job-controller ${version} \\(${commit}, .* linux/`, "m"));
    });
  }

  test("carries an installer of its own", () => {
    const { version } = release.stamp;
    assert.match(installer(version, ""), new RegExp(`^release_version="${version.replaceAll(".", "\\.")}"\nrelease_base_url=""$`, "m"));
    assert.match(installer(version, "https://example.com/o/n"), /^release_base_url="https:\/\/example\.com\/o\/n\/releases\/download"$/m);
    assert.throws(() => installer(version, 'https://example.com/"; rm x'), {
      message: 'Cannot write "https://example.com/"; rm x/releases/download" into install.sh: expected letters, digits and :/._~%+- alone',
    });
    assert.equal(readFileSync(join(release.folder, "install.sh"), "utf8"), installer(version));
  });
});

describe("README.md", () => {
  test("names the version of the release, and nobody's address but OWNER's", () => {
    const text = blocksOf("Download").join("");
    const versions = new Set([...text.matchAll(/\d+\.\d+\.\d+/g)].map(([version]) => version));
    versions.delete("127.0.0");
    assert.deepEqual([...versions], [release.stamp.version]);
  });

  test("says by whom the checksums are signed: the workflow that publishes", () => {
    const [, , signed = ""] = blocksOf("Download");
    const [, workflow = ""] = /OWNER\/job-controller\/(\.github\/workflows\/[\w.]+)@refs\/tags\/v/.exec(signed) ?? [];
    assert.match(readFileSync(join(ROOT, workflow), "utf8"), /cosign sign-blob --yes --bundle="\$checksums\.sigstore\.json" "\$checksums"/);
  });

  test("has every input and output of the action", () => {
    const section = README.split(/^## /m).find((text) => text.startsWith("GitHub Actions and GitLab\n")) ?? "";
    const { inputs, outputs } = readAction(ROOT);
    const names = [...section.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(names.sort(), [...Object.keys(inputs), ...Object.keys(outputs)].sort());
  });
});
