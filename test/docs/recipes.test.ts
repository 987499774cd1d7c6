// The recipes for CI in VERIFY.md, step by step as the runner of each would take them, with a release on loopback: on a good
// server and on a bad one.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { build } from "../../scripts/build.ts";
import type { DocBlock } from "../../scripts/doc-blocks.ts";
import { installer } from "../../scripts/release/installer.ts";
import { Runner } from "../install/composite.ts";
import { Releases } from "../install/releases.ts";
import { runBlock } from "./run-block.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { path: binary, stamp } = build();
const text = readFileSync(join(ROOT, "VERIFY.md"), "utf8");
const [github, gitlab] = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = ""]) => parse(yaml) as unknown) as [GitHub, GitLab];

interface GitHub {
  jobs: { verify: { steps: { name?: string; run?: string; uses?: string; if?: string; with?: Record<string, unknown> }[] } };
}

interface GitLab {
  verify: {
    variables: Record<string, string>;
    before_script: string[];
    script: string[];
    artifacts: { paths: string[]; reports: { junit: string } };
  };
}

let releases: Releases;
before(async () => {
  releases = await Releases.open();
  // In place of 100 MB in an archive.
  await releases.publish(stamp.version, () => `#!/bin/sh\nexec "${binary}" "$@"\n`);
  releases.put(`v${stamp.version}/install.sh`, installer(stamp.version));
});
after(() => releases.close());

interface Ran {
  code: number | null;
  output: string;
  /** Files that were kept, by name. */
  file: (name: string) => string;
}

/** Takes the steps of a job, after a failure those alone that always run, and gives what they left to `look`. */
async function onGitHub(own: Record<string, string>, look: (ran: Ran) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "recipe-"));
  const runner = new Runner(folder, { PATH: process.env.PATH ?? "", HOME: folder, NO_COLOR: "1", ...own });
  try {
    let code: number | null = 0;
    for (const step of github.jobs.verify.steps) {
      if (code !== 0 && step.if !== "always()") continue;
      const inputs = Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, String(value)]));
      if (step.uses?.startsWith("OWNER/job-controller@")) await runner.use(ROOT, { ...inputs, "base-url": releases.base });
      else if (step.run !== undefined) await runner.run(step.run);
      code ||= runner.code;
    }
    look({ code, output: runner.output, file: (name) => readFileSync(join(folder, name), "utf8") });
  } finally {
    runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function onGitLab(own: string): Promise<{ code: number; output: string }> {
  const { before_script: first, script, artifacts } = gitlab.verify;
  const lines = [...first, ...script].join("\n");
  const all = `export RELEASES=${releases.base} ${own}\nset +e\n(\nset -e\n${lines}\n)\ncode=$?\ncat ${artifacts.reports.junit}\nexit $code`;
  const block: DocBlock = { place: "GitLab", script: all, beside: [], until: undefined, exitCode: 0, inProject: false, expected: undefined };
  return runBlock(block, binary);
}

const GOOD_SUITE = /^<testsuites name="job-controller verify" tests="\d+" failures="0" errors="0"/m;
const LINE = /"msg":"job create notification received".*"repository":"test6"/;

describe("the recipe for GitHub Actions", () => {
  test("says yes, sees the notification, and keeps its reports", { timeout: 120_000 }, () =>
    onGitHub({}, ({ code, output, file }) => {
      assert.equal(code, 0, output);
      assert.match(file("summary"), /^## job-controller verify: yes, all of \d+ checks hold/m);
      assert.match(file("verify.xml"), GOOD_SUITE);
      assert.match(file("notification.json"), LINE);
      const kept = github.jobs.verify.steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
      assert.deepEqual([kept?.if, kept?.with?.path], ["always()", "verify.*\nnotification.json\n"]);
    }));
  test("fails on a bad server, with an annotation", { timeout: 120_000 }, () =>
    onGitHub({ JOB_CONTROLLER_ERA: "2025-08" }, ({ code, output, file }) => {
      assert.equal(code, 1, output);
      assert.match(output, /^::error title=WRITE-001 danger::/m);
      assert.match(file("summary"), /^\| WRITE-001 \| fail \| /m);
    }));
});

describe("the recipe for GitLab", () => {
  test("says yes, sees the notification, and keeps its report", { timeout: 120_000 }, async () => {
    const { code, output } = await onGitLab("");
    assert.equal(code, 0, output);
    assert.match(output, /^\/\S+\/bin\/job-controller$/m);
    assert.match(output, GOOD_SUITE);
    assert.match(output, LINE);
  });
  test("fails on a bad server", { timeout: 120_000 }, async () => {
    const { code, output } = await onGitLab("JOB_CONTROLLER_ERA=2025-08");
    assert.equal(code, 1, output);
    assert.match(output, /<failure message="[^"]*" type="refuted">/);
  });
});

describe("the recipes", () => {
  test("install the version of package.json", () => {
    const named = [...text.matchAll(/(?:job-controller@v|\/v)(\d+\.\d+\.\d+)(?=[\n/])/g)].map(([, version]) => version);
    assert.deepEqual(named, [stamp.version, stamp.version]);
  });
});
