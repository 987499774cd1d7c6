// The machinery that runs the documents, on blocks made for the purpose: each kind of failure has to show.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { build } from "../../scripts/build.ts";
import { missingLine, parseDocument } from "../../scripts/doc-blocks.ts";
import { type BlockResult, runBlock } from "./run-block.ts";

const binary = build().path;

/** Runs the only block of a document. */
function run(...lines: string[]): Promise<BlockResult> {
  const [block] = parseDocument("FIXTURE.md", lines.join("\n")).run;
  assert.ok(block);
  return runBlock(block, binary);
}

const sh = (...lines: string[]) => ["```sh", ...lines, "```"];

describe("runBlock()", () => {
  test("finds the binary where each kind of document expects it", async () => {
    const { code, output } = await run(
      ...sh("dist/job-controller version", "./job-controller version", "job-controller version"),
    );
    assert.equal(code, 0, output);
    assert.equal(new Set(output.trim().split("\n")).size, 1);
    assert.match(output, /^job-controller \d+\.\d+\.\d+ /);
  });

  test("fails with the command that failed, whatever follows", async () => {
    assert.deepEqual(await run(...sh("echo before", "false", "echo after")), { code: 1, output: "before\n" });
    assert.notEqual((await run(...sh("echo $NO_SUCH_VARIABLE"))).code, 0);
    assert.notEqual((await run(...sh("no-such-command"))).code, 0);
  });

  test("reports the program's own exit code", async () => {
    assert.equal((await run(...sh("job-controller --no-such-flag"))).code, 2);
  });

  test("starts in an empty folder and leaves none behind", async () => {
    const { output } = await run(...sh("pwd", "ls"));
    const [folder = "", ...files] = output.trim().split("\n");
    assert.deepEqual(files, ["dist", "job-controller"]);
    assert.equal(existsSync(folder), false);
  });

  test("lets no setting of this process through", async () => {
    process.env.JOB_CONTROLLER_TOKEN = "from outside";
    try {
      assert.equal((await run(...sh("echo ${JOB_CONTROLLER_TOKEN:-unset}"))).output, "unset\n");
    } finally {
      delete process.env.JOB_CONTROLLER_TOKEN;
    }
  });

  test("runs a dev server beside the block, and a program until it said something", async () => {
    const { code, output } = await run(
      '<!-- run: with dev; until "jobs controller started" -->',
      ...sh(
        "job-controller --token=ProvisioningAdminToken --token-exchange-url=http://localhost:6481/sign/access-token \\",
        "  --provisioning-server-url=https://localhost:6446 --health-probe-bind-address=0",
      ),
    );
    assert.equal(code, 0, output);
    assert.match(output, /"msg":"jobs controller started"/);
    // Whoever comes next finds the ports free again.
    await run("<!-- run: with dev -->", ...sh("curl -sk https://localhost:6446/version >/dev/null"));
  });

  test("runs controller and dev server beside a block", async () => {
    const { code, output } = await run(
      "<!-- run: with dev; with run --token=ProvisioningAdminToken --token-exchange-url=http://localhost:6481/sign/access-token " +
        "--provisioning-server-url=https://localhost:6446 --health-probe-bind-address=127.0.0.1:18081 -->",
      ...sh("job-controller ready --health-probe-bind-address=127.0.0.1:18081"),
    );
    assert.equal(code, 0, output);
  });

  test("says what it waited for when a program ends without it", async () => {
    await assert.rejects(
      run('<!-- run: until "never said" -->', ...sh("echo other", "exit 3")),
      /ended with 3 before output has "never said":\nother/,
    );
    await assert.rejects(run("<!-- run: with dev --no-such-flag -->", ...sh("true")), /ended with 2 before/);
  });

  test("ends what a block left running", async () => {
    const { output } = await run(...sh("sleep 1000 &", "echo $!"));
    // Killed, it stays a zombie (Z) where the first process of the machine reaps nobody.
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", output.trim()], { encoding: "utf8" });
    assert.match(stdout.trim(), /^(?:Z.*)?$/);
  });
});

describe("expected output", () => {
  test("is compared with what the block wrote", async () => {
    const [block] = parseDocument(
      "FIXTURE.md",
      [...sh("job-controller version"), "```console", "job-controller 9.9.9 (...)", "```"].join("\n"),
    ).run;
    assert.ok(block?.expected);
    const { output } = await runBlock(block, binary);
    assert.equal(missingLine(block.expected, output), "job-controller 9.9.9 (...)");
    assert.equal(missingLine(output, output), undefined);
  });
});
