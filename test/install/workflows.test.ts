// The workflows, the action and the recipe of VERIFY.md, as their linters see them; and what the release does in shell of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { actionlintBinary } from "../../scripts/actionlint.ts";
import { readAction } from "./composite.ts";
import { pathOf, ROOT } from "./installing.ts";

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; steps: { name?: string; run?: string; uses?: string }[] }>;
}

const FOLDER = ".github/workflows";
const NAMES = readdirSync(join(ROOT, FOLDER)).sort();
const WORKFLOWS = new Map(NAMES.map((name) => [name, parse(read(`${FOLDER}/${name}`)) as Workflow]));
/** Scripts of the project that a shell reads. */
const SCRIPTS = ["install.sh", "scripts/ci-setup.sh", ".ci/run"];

let actionlint: string;
let folder: string;
before(async () => {
  actionlint = await actionlintBinary(() => {});
  folder = mkdtempSync(join(tmpdir(), "workflows-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string): string {
  return readFileSync(join(ROOT, name), "utf8");
}

/** What actionlint, and shellcheck through it, find in a workflow. */
function findings(text: string): string {
  const path = join(folder, "workflow.yml");
  writeFileSync(path, text);
  const flags = ["-no-color", "-oneline", `-shellcheck=${pathOf("shellcheck")}`];
  const { stdout, stderr } = spawnSync(actionlint, [...flags, path], { encoding: "utf8" });
  return `${stdout}${stderr}`.replaceAll(path, "workflow.yml");
}

function shellFindings(text: string, shell: string): string {
  const { stdout, stderr } = spawnSync("shellcheck", [`--shell=${shell}`, "--format=gcc", "-"], { input: text, encoding: "utf8" });
  return `${stdout}${stderr}`;
}

function runStep(workflow: string, name: RegExp, cwd: string, env: Record<string, string> = {}) {
  const step = Object.values(WORKFLOWS.get(workflow)!.jobs).flatMap(({ steps }) => steps).find((one) => name.test(one.name ?? ""));
  return spawnSync("sh", ["-ec", step!.run!], { cwd, env: { PATH: process.env.PATH, ...env }, encoding: "utf8" });
}

describe("the workflows", () => {
  for (const name of NAMES) {
    test(`${name} has nothing that actionlint or shellcheck finds`, () => assert.equal(findings(read(`${FOLDER}/${name}`)), ""));
  }

  test("the recipe in VERIFY.md has none either", () => {
    const [, recipe = ""] = /^```yaml\n(name: [^]*?)^```$/m.exec(read("VERIFY.md")) ?? [];
    assert.match(recipe, /^ +run: job-controller verify /m);
    assert.equal(findings(recipe), "");
  });

  test("would be found fault with", () => {
    const broken = (step: string) => `on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`;
    assert.equal(findings(broken("run: true")), "");
    assert.match(findings(broken("run: rm $HOME/x y")), /shellcheck reported issue .*SC2086/);
    assert.match(findings(broken('run: echo "${{ github.event.issue.title }}"')), /potentially untrusted/);
  });

  test("take actions by the digest of a commit, each with its version, the same one everywhere", () => {
    const texts = [...NAMES.map((name) => `${FOLDER}/${name}`), "action.yml", "VERIFY.md", "README.md"].map(read);
    const uses = texts.flatMap((text) => [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, use = ""]) => use));
    const others = uses.filter((use) => !/^OWNER\/job-controller@v/.test(use));
    assert.ok(others.length > 5);
    const pinned = others.map((use) => /^([\w-]+\/[\w-]+)@([\da-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(use));
    assert.deepEqual(others.filter((_, at) => pinned[at] === null), []);
    const versions = new Set(pinned.map((match) => match!.slice(1).join(" ")));
    const actions = new Set(pinned.map((match) => match![1]));
    assert.equal(versions.size, actions.size, [...versions].join("\n"));
  });

  test("let one job write: that which publishes, and builds nothing", () => {
    const writing = [...WORKFLOWS].flatMap(([name, { permissions, jobs }]) => {
      assert.ok(permissions, `${name} says what its token may`);
      const all = new Map([[name, permissions]]);
      for (const [job, { permissions: own = {} }] of Object.entries(jobs)) all.set(job, own);
      return [...all].flatMap(([who, rights]) =>
        Object.entries(rights).flatMap(([right, may]) => (may === "write" ? `${who} ${right}` : [])),
      );
    });
    assert.deepEqual(writing, ["publish contents", "publish id-token", "publish attestations"]);
    const { steps } = WORKFLOWS.get("release.yml")!.jobs.publish!;
    assert.deepEqual(steps.filter(({ run, uses }) => /npm|node|checkout/.test(`${run}${uses}`)), []);
  });
});

describe("shellcheck", () => {
  for (const name of SCRIPTS) {
    test(`finds nothing in ${name}`, () => assert.equal(shellFindings(read(name), /^#!\/bin\/sh/.test(read(name)) ? "sh" : "bash"), ""));
  }
  for (const { name, run } of readAction(ROOT).runs.steps) {
    test(`finds nothing in the action's step "${name}"`, () => assert.equal(shellFindings(`set -eo pipefail\n${run}`, "bash"), ""));
  }
  test("finds what no POSIX shell has to know", () => assert.match(shellFindings("[[ -e x ]]\n", "sh"), /SC3010/));
});

describe("the release", () => {
  test("takes its notes from the newest section of the changelog", () => {
    const at = mkdtempSync(join(folder, "notes-"));
    spawnSync("mkdir", [join(at, "dist")]);
    writeFileSync(join(at, "CHANGELOG.md"), "# Changelog\n\n## 0.2.0\n\nNew.\n\n### Added\n\n- this\n\n## 0.1.0\n\nOld.\n");
    assert.equal(runStep("release.yml", /notes/, at).status, 0);
    assert.equal(readFileSync(join(at, "dist/notes.md"), "utf8"), "\nNew.\n\n### Added\n\n- this\n\n");
  });

  test("is refused in another repository than the one that links and scripts name", () => {
    const at = mkdtempSync(join(folder, "repository-"));
    writeFileSync(join(at, "package.json"), JSON.stringify({ repository: "https://example.com/owner/job-controller" }));
    const inRepository = (name: string) =>
      runStep("release.yml", /^Refuse/, at, { GITHUB_SERVER_URL: "https://example.com", GITHUB_REPOSITORY: name });
    assert.deepEqual([inRepository("owner/job-controller").status, inRepository("fork/job-controller").status], [0, 1]);
    assert.equal(
      inRepository("fork/job-controller").stderr,
      'Cannot release from "https://example.com/fork/job-controller": expected the repository of package.json, "https://example.com/owner/job-controller"\n',
    );
  });
});
