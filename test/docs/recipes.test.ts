// The recipes for CI in VERIFY.md: their shell parts, step by step as the runner of each would take them, on a good server and on
// a bad one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { build } from "../../scripts/build.ts";
import type { DocBlock } from "../../scripts/doc-blocks.ts";
import { runBlock } from "./run-block.ts";

const binary = build().path;
const text = readFileSync(fileURLToPath(new URL("../../VERIFY.md", import.meta.url)), "utf8");
const [github, gitlab] = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = ""]) => parse(yaml) as unknown) as [GitHub, GitLab];

interface GitHub {
  jobs: { verify: { steps: { run?: string; if?: string; with?: { path: string } }[] } };
}

interface GitLab {
  verify: { script: string[]; artifacts: { reports: { junit: string } } };
}

/** Each step is a shell of its own, which takes what the steps before it have left in GITHUB_ENV. */
function githubScript({ jobs }: GitHub): string {
  const steps = jobs.verify.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const setUp = 'export GITHUB_ENV="$PWD/env" GITHUB_STEP_SUMMARY="$PWD/summary.md" RUNNER_TEMP="$PWD"; : > env';
  const each = steps.map((run, at) => `cat > step${at}.sh <<'STEP'\n${run}\nSTEP\nset -a; . ./env; set +a\nbash -e step${at}.sh || code=$?`);
  return [setUp, "code=0", ...each, "cat summary.md verify.xml", "exit $code"].join("\n");
}

function gitlabScript({ verify }: GitLab): string {
  return [`code=0`, ...verify.script.slice(0, -1), `${verify.script.at(-1)} || code=$?`, `cat ${verify.artifacts.reports.junit}`, "exit $code"].join("\n");
}

function run(script: string, place: string) {
  const block: DocBlock = { place, script, beside: [], until: undefined, exitCode: 0, inProject: false, expected: undefined };
  return runBlock(block, binary);
}

const onBadServer = (script: string) => script.replace("job-controller dev --port=0", "job-controller dev --era=2025-08 --port=0");

describe("the recipe for GitHub Actions", () => {
  test("says yes, and keeps its reports", { timeout: 120_000 }, async () => {
    const { code, output } = await run(githubScript(github), "GitHub");
    assert.equal(code, 0, output);
    assert.match(output, /^## job-controller verify: yes, all of \d+ checks hold/m);
    assert.match(output, /^<testsuites name="job-controller verify" tests="\d+" failures="0" errors="0"/m);
    assert.ok(github.jobs.verify.steps.some((step) => step.if === "always()" && step.with?.path === "verify.*"));
  });
  test("fails on a bad server, with an annotation", { timeout: 120_000 }, async () => {
    const { code, output } = await run(onBadServer(githubScript(github)), "GitHub");
    assert.equal(code, 1, output);
    assert.match(output, /^::error title=WRITE-001 danger::/m);
    assert.match(output, /^\| WRITE-001 \| fail \| /m);
  });
});

describe("the recipe for GitLab", () => {
  test("says yes, and keeps its report", { timeout: 120_000 }, async () => {
    const { code, output } = await run(gitlabScript(gitlab), "GitLab");
    assert.equal(code, 0, output);
    assert.match(output, /^<testsuites name="job-controller verify" tests="\d+" failures="0" errors="0"/m);
  });
  test("fails on a bad server", { timeout: 120_000 }, async () => {
    const { code, output } = await run(onBadServer(gitlabScript(gitlab)), "GitLab");
    assert.equal(code, 1, output);
    assert.match(output, /<failure message="[^"]*" type="refuted">/);
  });
});
