// action.yml as a job uses it, with a server of made-up releases on loopback.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, describe, test } from "node:test";
import { archiveName, checksumsName, TARGETS } from "../../scripts/release/targets.ts";
import { readAction, Runner } from "./composite.ts";
import { Place, ROOT } from "./installing.ts";
import { Releases } from "./releases.ts";

const { version: OWN_VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

const releases = await Releases.open(OWN_VERSION, "7.8.9");
after(() => releases.close());

async function use(place: Place, inputs: Record<string, string>, root = ROOT): Promise<Runner> {
  const runner = new Runner(place.path, { PATH: process.env.PATH ?? "", HOME: place.path });
  await runner.use(root, { "base-url": releases.base, ...inputs });
  return runner;
}

/** The action with another package.json. */
function copyOf(place: Place, fields: Record<string, string>): string {
  const root = join(place.path, "action");
  mkdirSync(root);
  for (const name of ["action.yml", "install.sh"]) cpSync(join(ROOT, name), join(root, name));
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(join(root, "package.json"), JSON.stringify({ ...own, ...fields }, null, 2));
  return root;
}

describe("the action", () => {
  test("installs the version that is asked for, puts it on PATH and says where it is", async () => {
    using place = new Place();
    const { code, output, path, env, outputs } = await use(place, { version: "v7.8.9" });
    assert.equal(code, 0, output);
    const folder = join(place.path, "job-controller");
    assert.deepEqual(path, [folder]);
    assert.deepEqual(outputs, { path: join(folder, "job-controller"), version: "7.8.9" });
    assert.deepEqual(env, { BUN_OPTIONS: "", BUN_BE_BUN: "" });
    assert.match(readFileSync(join(folder, "job-controller"), "utf8"), /7\.8\.9/);
    const action = readAction(ROOT);
    assert.deepEqual(Object.keys(action.outputs).sort(), Object.keys(outputs).sort());
  });

  test("installs its own version, from the repository that package.json names, when nothing is said", async () => {
    using place = new Place();
    const root = copyOf(place, { version: "7.8.9", repository: `${new URL(releases.base).origin}/` });
    const { code, output, outputs } = await use(place, { "base-url": "" }, root);
    assert.equal(code, 0, output);
    assert.equal(outputs.version, "7.8.9");
    assert.equal((await use(place, {})).outputs.version, OWN_VERSION);
  });

  test("guesses no address while package.json names none", async () => {
    using place = new Place();
    const { code, output, path, env, outputs } = await use(place, { "base-url": "" }, copyOf(place, { repository: "" }));
    assert.equal(
      output,
      "Cannot install job-controller: expected --base-url=URL, such as https://example.com/owner/job-controller/releases/download\n",
    );
    assert.deepEqual({ code, path, env, outputs }, { code: 1, path: [], env: {}, outputs: {} });
  });

  test("installs into the folder that is asked for", async () => {
    using place = new Place();
    const { path, outputs } = await use(place, { "install-dir": join(place.path, "my own", "$(touch ran)") });
    assert.deepEqual(path, [join(place.path, "my own", "$(touch ran)")]);
    assert.equal(existsSync(outputs.path ?? ""), true);
    assert.equal(place.left.includes("ran"), false);
  });

  test("refuses another checksum: nothing is installed, on PATH or started", async () => {
    using place = new Place();
    const checksums = TARGETS.map((target) => `${"0".repeat(64)}  ${archiveName("7.8.10", target)}\n`).join("");
    await releases.publish("7.8.10", () => '#!/bin/sh\ntouch "$RUNNER_TEMP/ran"\n');
    releases.put(`v7.8.10/${checksumsName("7.8.10")}`, checksums);
    const { code, output, path, env, outputs } = await use(place, { version: "7.8.10", dev: "true" });
    assert.match(output, /^Downloading \S+\nCannot verify "\S+": expected SHA-256 0{64}, found [\da-f]{64}\n$/);
    assert.deepEqual({ code, path, env, outputs }, { code: 1, path: [], env: {}, outputs: {} });
    assert.deepEqual(place.left, ["env", "output", "path", "step.sh", "summary"]);
  });

  const HOSTILE: Record<string, string>[] = [
    { version: '0.1.0"; touch ran; "' },
    { version: "0.1.0\npath=/elsewhere" },
    { version: "$(touch ran)" },
    { "base-url": "$(touch ran)" },
    { "base-url": "https://example.com/`touch ran`" },
    { "install-dir": "bin\n/elsewhere" },
    { dev: "$(touch ran)" },
    { dev: "true'; touch ran; '" },
  ];
  for (const inputs of HOSTILE) {
    test(`refuses ${JSON.stringify(inputs)} in one line`, async () => {
      using place = new Place();
      const { code, output, path, env, outputs } = await use(place, inputs);
      assert.match(output, /^Cannot [^\n]+\n$/);
      assert.deepEqual({ code, path, env, outputs }, { code: 1, path: [], env: {}, outputs: {} });
      assert.deepEqual(place.left, ["env", "output", "path", "step.sh", "summary"]);
    });
  }

  test("has no expression in its scripts, where an input would be code", () => {
    for (const { name, run } of readAction(ROOT).runs.steps) assert.doesNotMatch(run, /\$\{\{/, name);
  });
});
