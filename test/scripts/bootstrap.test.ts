// scripts/bootstrap.mjs in a project of its own, with the tree that is installed here and an npm that only notes its call.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { BUN, ROOT } from "../../scripts/suites.ts";

const SCRIPT = `
import process from "node:process";
process.exitCode = 3;
if (process.argv[2] === "wait") {
  process.on("SIGTERM", () => process.exit(7));
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify({ bun: process.versions.bun, args: process.argv.slice(2), options: process.env.BUN_OPTIONS ?? null, cwd: process.cwd() }));
`;

let project = "";

before(() => {
  project = mkdtempSync(join(tmpdir(), "bootstrap-"));
  mkdirSync(join(project, "scripts"));
  for (const name of ["package.json", "package-lock.json", "scripts/bootstrap.mjs"])
    cpSync(join(ROOT, name), join(project, name));
  writeFileSync(join(project, "scripts/x.ts"), SCRIPT);
  linkModules();
});

after(() => rmSync(project, { recursive: true, force: true }));

function linkModules(): void {
  rmSync(join(project, "node_modules"), { recursive: true, force: true });
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
}

/** A command `npm` that notes its arguments and then does what the shell line says. */
function fakeNpm(line: string): string {
  const folder = join(project, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "npm"), `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$*" >> "${project}/calls"\n${line}\n`);
  chmodSync(join(folder, "npm"), 0o755);
  return `${folder}:${process.env.PATH}`;
}

function bootstrap(args: string[], env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } {
  rmSync(join(project, "calls"), { force: true });
  return spawnSync(BUN, [join(project, "scripts/bootstrap.mjs"), ...args], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

function calls(): string {
  return existsSync(join(project, "calls")) ? readFileSync(join(project, "calls"), "utf8") : "";
}

describe("bootstrap.mjs", () => {
  test("hands over to the pinned Bun in silence, with arguments, folder and exit code", () => {
    const { status, stdout, stderr } = bootstrap(["scripts/x.ts", "a", "--b=c"], { PATH: fakeNpm("exit 1") });
    assert.equal(status, 3);
    assert.equal(stderr, "");
    const { bun, args, cwd } = JSON.parse(stdout) as { bun: string; args: string[]; cwd: string };
    assert.deepEqual([bun, args, cwd], [pinned(), ["a", "--b=c"], project]);
    assert.equal(calls(), "");
  });

  test("keeps options meant for Bun away from it", () => {
    // Bun itself runs the bootstrap here, so the option must be one that it survives.
    const { stdout } = bootstrap(["scripts/x.ts"], { BUN_OPTIONS: "--no-install" });
    assert.equal((JSON.parse(stdout) as { options: string | null }).options, null);
  });

  test("passes a signal on and ends as the script does", async () => {
    const child = spawn(BUN, [join(project, "scripts/bootstrap.mjs"), "scripts/x.ts", "wait"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const code = new Promise((resolve) => child.once("close", resolve));
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    // Not child.kill(): after that Deno reports the signal in place of the exit code.
    process.kill(child.pid ?? 0, "SIGTERM");
    assert.equal(await code, 7);
  });

  test("installs with npm what is missing, dev dependencies whatever NODE_ENV says, and says so in one line", () => {
    rmSync(join(project, "node_modules"), { recursive: true });
    const PATH = fakeNpm(`ln -s "${join(ROOT, "node_modules")}" "${project}/node_modules"`);
    const { status, stderr } = bootstrap(["scripts/x.ts"], { PATH, NODE_ENV: "production" });
    assert.equal(status, 3, stderr);
    assert.match(calls(), /^ci .*--include=dev/);
    assert.match(stderr, /^installing the dependencies of package-lock\.json \.\.\. \d+\.\d s\n$/);
  });

  test("installs again when the lock file asks for something else", () => {
    linkModules();
    const lock = readFileSync(join(project, "package-lock.json"), "utf8");
    writeFileSync(join(project, "package-lock.json"), lock.replace('"node_modules/citty": {\n      "version": "', "$&9"));
    try {
      bootstrap(["scripts/x.ts"], { PATH: fakeNpm("true") });
      assert.match(calls(), /^ci /);
    } finally {
      writeFileSync(join(project, "package-lock.json"), lock);
    }
  });

  test("shows what npm said when it fails, and runs nothing", () => {
    rmSync(join(project, "node_modules"), { recursive: true, force: true });
    const { status, stdout, stderr } = bootstrap(["scripts/x.ts"], {
      PATH: fakeNpm("echo no route to the registry >&2; exit 28"),
    });
    linkModules();
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /\.\.\.\nno route to the registry\nCannot install the dependencies: "npm ci .*" exited with 28\n$/);
  });

  test("names a script that is not there", () => {
    const { status, stderr } = bootstrap(["scripts/y.ts"]);
    assert.equal(status, 1);
    assert.equal(stderr, `Cannot run "scripts/y.ts": no such file in ${project}\n`);
  });
});

function pinned(): string | undefined {
  return (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { devDependencies: Record<string, string> })
    .devDependencies["bun"];
}
