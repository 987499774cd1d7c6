// Each row of what can be wrong with a server, through the compiled binary: the whole line, and what becomes of the program.

import assert from "node:assert/strict";
import { after, describe } from "node:test";
import { records, runBinary, sideBySide } from "../support/binary.ts";
import { Controller, type Line } from "../support/controller.ts";
import { type Arranged, createStage, TLS_ROWS } from "../support/tls-rows.ts";

const stage = await createStage();
const tokenFile = await stage.directory.write("bearer", "canary");
/** The program's own deadline for headers. */
const HEADERS_MS = 30_000;
const LOGGER = "provisioning-job-controller";
const HINT = 'Run "job-controller run --help" for the flags\n';

function flagsOf({ url, files }: Arranged): string[] {
  const verify = url.startsWith("https:") && files.caFile === undefined ? ["--tls-insecure=false"] : [];
  const given = { "--tls-ca-file": files.caFile, "--tls-cert-file": files.certFile, "--tls-key-file": files.keyFile };
  const named = Object.entries(given).flatMap(([flag, file]) => (file === undefined ? [] : [`${flag}=${file}`]));
  return [`--provisioning-server-url=${url}`, `--bearer-token-file=${tokenFile}`, "--health-probe-bind-address=0", ...verify, ...named];
}

/** A record with its times masked. */
function masked(line: Line | Record<string, unknown> | undefined): Record<string, unknown> {
  const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/;
  const mask = (value: unknown) => (typeof value === "string" && stamp.test(value) ? "(time)" : value);
  return Object.fromEntries(Object.entries(line ?? {}).map(([key, value]) => [key, mask(value)]));
}

/** Where the command line is refused before any file is opened. */
function toldByFlags(message: string): string | undefined {
  const [, flag, file] = /^Cannot use (--tls-\w+-file) (".*") alone: expected its /.exec(message) ?? [];
  if (flag === undefined) return undefined;
  return `Missing ${flag === "--tls-cert-file" ? "--tls-key-file" : "--tls-cert-file"}: expected with ${flag} ${file}`;
}

async function configured(arranged: Arranged): Promise<void> {
  const { code, signal, stdout, stderr } = await runBinary(flagsOf(arranged));
  const refused = toldByFlags(arranged.expected);
  if (refused !== undefined) {
    assert.deepEqual({ code, signal, stdout, stderr }, { code: 2, signal: null, stdout: "", stderr: `Error: ${refused}\n${HINT}` });
    return;
  }
  assert.deepEqual([code, signal, stderr], [2, null, `Error: ${arranged.expected}\n`]);
  const expected = { time: "(time)", level: "ERROR", msg: arranged.expected, logger: LOGGER, kind: "config", code: 2 };
  assert.deepEqual(records(stdout).map(masked), [expected]);
}

/** The only WARN is the expected one; the attempt after it is made, too. */
async function retried(arranged: Arranged, attempts: number): Promise<void> {
  const controller = new Controller([...flagsOf(arranged), "--log-level=debug", "--resync-interval=1s"]);
  try {
    let failed = 0;
    const last = await controller.until(({ msg }) => msg === "attempt failed" && ++failed === attempts);
    assert.equal(last.error, arranged.expected);
    const warnings = controller.lines.filter(({ level }) => level !== "INFO" && level !== "DEBUG");
    assert.deepEqual(warnings.map(masked), [{
      time: "(time)",
      level: "WARN",
      msg: "provisioning API not usable, retrying",
      logger: LOGGER,
      what: "jobs: watch",
      error: arranged.expected,
      since: "(time)",
    }]);
    assert.equal(await controller.stop(), 0);
    assert.equal(controller.stderr, "");
  } finally {
    controller.signal("SIGKILL");
  }
}

describe("the compiled binary, what can be wrong with a server", () => {
  after(() => stage[Symbol.asyncDispose]());

  // The black hole takes its half minute: it goes first.
  const rows = TLS_ROWS.toSorted((one, other) => Number(other.name === "black hole") - Number(one.name === "black hole"));
  sideBySide(4, Object.fromEntries(rows.map((row) => [row.name, async () => {
    const arranged = await row.arrange(stage, HEADERS_MS);
    if (row.kind === "config") await configured(arranged);
    else await retried(arranged, row.name === "black hole" ? 1 : 2);
  }])));
});
