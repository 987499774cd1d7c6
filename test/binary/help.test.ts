// What the compiled program says of itself, and how it turns down a command line: which stream, which code.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { completionScript } from "../../src/cli/completion/script.ts";
import { helpPage } from "../../src/cli/help.ts";
import { COMMAND_NAMES, SHELLS } from "../../src/cli/flags.ts";
import { vocabulary } from "../../src/vocabulary.ts";
import { runBinary } from "../support/binary.ts";

const VIEW = { width: 80, color: false };
/** A terminal that would take colours, were standard output one. */
const env = { TERM: "xterm-256color", COLORTERM: "truecolor" };

describe("help", () => {
  for (const argv of [["--help"], ["-h"], ["-help"], ["help"]]) {
    test(`${argv.join(" ")} prints the program's page on standard output`, async () => {
      assert.deepEqual(await runBinary(argv, { env }), { code: 0, signal: null, stdout: helpPage(undefined, VIEW), stderr: "" });
    });
  }

  for (const name of COMMAND_NAMES) {
    test(`help ${name}, ${name} --help and ${name} -h print its page`, async () => {
      for (const argv of [["help", name], [name, "--help"], [name, "-h"]]) {
        assert.deepEqual(await runBinary(argv, { env }), { code: 0, signal: null, stdout: helpPage(name, VIEW), stderr: "" });
      }
    });
  }

  test("help wins over everything else on the line, secrets stay out of it", async () => {
    const { code, stdout, stderr } = await runBinary(["run", "--token=canary", "--no-such-flag", "--help"], { env });
    assert.deepEqual([code, stdout, stderr], [0, helpPage("run", VIEW), ""]);
  });

  test("the page takes the width of COLUMNS", async () => {
    const { stdout } = await runBinary(["help"], { env: { COLUMNS: "60" } });
    assert.equal(stdout, helpPage(undefined, { width: 60, color: false }));
  });

  test("colours come into a pipe only when forced", async () => {
    const { stdout } = await runBinary(["help"], { env: { FORCE_COLOR: "1" } });
    assert.equal(stdout, helpPage(undefined, { width: 80, color: true }));
    assert.notEqual(stdout, helpPage(undefined, VIEW));
  });
});

describe("version", () => {
  test("-o json has these fields", async () => {
    const { code, stdout, stderr } = await runBinary(["version", "-o", "json"]);
    const { commit, date, ...rest } = JSON.parse(stdout) as Record<string, string>;
    assert.deepEqual([code, stderr, rest], [
      0,
      "",
      { version: packageJson.version, runtime: `bun ${packageJson.devDependencies.bun}`, os: process.platform, arch: process.arch },
    ]);
    assert.match(commit ?? "", /^(?:[0-9a-f]{40}(?:-dirty)?|unknown)$/);
    assert.match(date ?? "", /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|unknown)$/);
  });

  for (const argv of [["version"], ["--version"], ["run", "--version"], ["version", "--output=text"]]) {
    test(`${argv.join(" ")} is the same as a line`, async () => {
      const facts = JSON.parse((await runBinary(["version", "--output=json"])).stdout) as Record<string, string>;
      assert.deepEqual(await runBinary(argv, { env }), {
        code: 0,
        signal: null,
        stdout: `job-controller ${facts.version} (${facts.commit}, ${facts.date}) ${facts.runtime} ${facts.os}/${facts.arch}\n`,
        stderr: "",
      });
    });
  }
});

describe("a command line that is none", () => {
  const lines: [argv: string[], stderr: string][] = [
    [["rnu"], 'Error: Unknown command "rnu": did you mean run?\nRun "job-controller --help" for the flags\n'],
    [["--tokn=canary"], 'Error: Unknown flag --tokn: did you mean --token?\nRun "job-controller --help" for the flags\n'],
    [["dev", "--mtl"], 'Error: Unknown flag --mtl: did you mean --mtls?\nRun "job-controller dev --help" for the flags\n'],
    [["--token"], 'Error: Missing value for --token: write --token=<secret>\nRun "job-controller --help" for the flags\n'],
    [
      ["--dry-run=perhaps"],
      'Error: Cannot parse --dry-run "perhaps": expected true or false\nRun "job-controller --help" for the flags\n',
    ],
    [
      ["run", "--history-expiration=1d"],
      'Error: Cannot parse --history-expiration "1d": expected a duration such as 30s, 15m or 24h; did you mean 24h?\n' +
      'Run "job-controller run --help" for the flags\n',
    ],
    [
      ["version", "extra"],
      'Error: Unexpected argument "extra": "job-controller version" takes flags only\nRun "job-controller version --help" for the flags\n',
    ],
    [
      ["help", "jobs"],
      'Error: Unknown command "jobs": expected one of run, history, verify, dev, ready, version, completion, help\nRun "job-controller --help" for the flags\n',
    ],
  ];
  for (const [argv, stderr] of lines) {
    test(`${argv.join(" ")} is refused on standard error with 2`, async () => {
      assert.deepEqual(await runBinary(argv, { env }), { code: 2, signal: null, stdout: "", stderr });
    });
  }
});

describe("completion", () => {
  for (const shell of SHELLS) {
    test(`${shell} prints the script of that shell`, async () => {
      const script = completionScript(shell, vocabulary());
      assert.deepEqual(await runBinary(["completion", shell]), { code: 0, signal: null, stdout: script, stderr: "" });
    });
  }
});
