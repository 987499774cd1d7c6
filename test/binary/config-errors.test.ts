// Code 2: what is wrong with a configuration is said on standard error, by name, before anything goes to the network.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Controller } from "../support/controller.ts";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { records, runBinary, Site } from "../support/binary.ts";
import { type Listening, tcpServer } from "../support/servers.ts";

const RULE = "expected exactly one of --token, --token-file (each with --token-exchange-url), --bearer-token-file and --kubeconfig";
const FLAGS = 'Run "job-controller run --help" for the flags';
const REMOTE = "expected https, as a credential would cross the network readable; give --allow-plaintext-token to send it all the same";
const POINTS = JSON.stringify({
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1", "certificate-authority": "/absent.pem" } }],
  users: [],
  contexts: [{ name: "x", context: { cluster: "c" } }],
  "current-context": "x",
});

describe("a configuration that cannot be", () => {
  let directory: Directory;
  /** Both the exchange and the API of every row; it must stay unknown. */
  let listening: Listening;
  let connections = 0;
  let connected: Promise<void>;
  before(async () => {
    directory = await temporaryDirectory();
    let met = () => {};
    connected = new Promise((resolve) => (met = resolve));
    listening = await tcpServer(() => {
      connections++;
      met();
    });
    const files = { secret: "secret", empty: "\n", "two-lines": "one\ntwo\n", garbage: "{{{\n", config: "apiVersion: v1\n", points: POINTS };
    for (const [name, text] of Object.entries(files)) await directory.write(name, text);
  });
  after(async () => {
    await listening[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  const exchange = () => `--token-exchange-url=http://127.0.0.1:${listening.port}/sign`;
  const server = () => `--provisioning-server-url=https://127.0.0.1:${listening.port}`;
  const run = (flags: readonly string[], env: Record<string, string> = {}) =>
    runBinary(["--health-probe-bind-address=0", ...flags], { cwd: directory.path, env });

  const usage: [what: string, flags: () => string[], message: string, env?: Record<string, string>, hint?: string][] = [
    ["no credential", () => [server()], `Missing credential: ${RULE}`],
    [
      "two credentials",
      () => ["--token=x", "--bearer-token-file=secret", exchange(), server()],
      `Cannot combine --token with --bearer-token-file: ${RULE}`,
    ],
    [
      "two credentials, one of them from the environment",
      () => ["--kubeconfig=config"],
      `Cannot combine JOB_CONTROLLER_TOKEN with --kubeconfig: ${RULE}`,
      { JOB_CONTROLLER_TOKEN: "canary" },
      "JOB_CONTROLLER_TOKEN comes from the environment: unset it if it is not meant",
    ],
    [
      "a token without an exchange",
      () => ["--token=canary", server()],
      "Missing --token-exchange-url: expected with --token, such as --token-exchange-url=http://localhost:6481/sign/access-token",
    ],
    [
      "an exchange without its token",
      () => ["--bearer-token-file=secret", exchange(), server()],
      "Cannot combine --bearer-token-file with --token-exchange-url: the exchange is for --token and --token-file only",
    ],
    [
      "no server",
      () => ["--token=x", exchange()],
      "Missing --provisioning-server-url: expected the provisioning API's base URL, such as https://localhost:6446",
    ],
    [
      "a bearer token in clear text",
      () => ["--bearer-token-file=secret", "--provisioning-server-url=http://198.51.100.7"],
      `Cannot use --provisioning-server-url "http://198.51.100.7": ${REMOTE}`,
    ],
    [
      "an exchange in clear text",
      () => ["--token=x", "--token-exchange-url=http://198.51.100.7/sign", server()],
      `Cannot use --token-exchange-url "http://198.51.100.7/sign": ${REMOTE}`,
    ],
    [
      "a CA that nobody is to be verified against",
      () => ["--bearer-token-file=secret", server(), "--tls-insecure", "--tls-ca-file=secret"],
      "Cannot combine --tls-insecure with --tls-ca-file: expected either verification against that CA or none",
    ],
    [
      "TLS files beside a kubeconfig",
      () => ["--kubeconfig=config", "--tls-ca-file=secret"],
      "Cannot combine --kubeconfig with --tls-ca-file: the kubeconfig file holds the TLS settings",
    ],
    [
      "more namespaces than watches make sense",
      () => ["--bearer-token-file=secret", server(), ...Array.from({ length: 101 }, (_, index) => `--namespace=n${index}`)],
      "Cannot watch 101 namespaces: expected at most 100, as each is a watch of its own; " +
      "leave --namespace out to watch all of them in one, or share them among several controllers",
    ],
  ];
  for (const [what, flags, message, env, hint] of usage) {
    test(`${what} is a usage error`, async () => {
      const expected = { code: 2, signal: null, stdout: "", stderr: `Error: ${message}\n${hint ?? FLAGS}\n` };
      assert.deepEqual(await run(flags(), env), expected);
      assert.equal(connections, 0);
    });
  }

  const files: [what: string, flags: () => string[], message: string][] = [
    ["a token file that is not there", () => ["--bearer-token-file=absent", server()], 'Cannot read --bearer-token-file "absent": no such file'],
    ["a token file that is empty", () => ["--token-file=empty", exchange(), server()], 'Cannot use --token-file "empty": it is empty'],
    [
      "a token file with two lines",
      () => ["--token-file=two-lines", exchange(), server()],
      'Cannot use --token-file "two-lines": expected one line of printable ASCII without spaces',
    ],
    ["a token file that is a directory", () => ["--bearer-token-file=.", server()], 'Cannot read --bearer-token-file ".": it is a directory'],
    ["no kubeconfig", () => ["--kubeconfig=absent"], 'Cannot read --kubeconfig "absent": no such file'],
    ["a kubeconfig that is no YAML", () => ["--kubeconfig=garbage"], 'Cannot read --kubeconfig "garbage": expected YAML, line 2 is not'],
    [
      "a kubeconfig that points at no CA",
      () => ["--kubeconfig=points"],
      'Cannot read certificate-authority of --kubeconfig "/absent.pem": no such file; check the path',
    ],
    [
      "a kubeconfig that is none",
      () => ["--kubeconfig=config"],
      'Cannot use --kubeconfig "config": expected a kubeconfig with clusters, users and contexts',
    ],
    [
      "an exchange CA that is none",
      () => ["--token=x", `--token-exchange-url=https://127.0.0.1:${listening.port}`, "--token-exchange-ca-file=secret", server()],
      'Cannot use --token-exchange-ca-file "secret": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found none',
    ],
  ];
  for (const [what, flags, message] of files) {
    test(`${what} is a configuration error, told to the log too`, async () => {
      const { code, stdout, stderr } = await run(flags());
      const { time: _, ...last } = records(stdout).at(-1) ?? {};
      assert.deepEqual([code, stderr], [2, `Error: ${message}\n`]);
      assert.deepEqual(last, { level: "ERROR", msg: message, logger: "provisioning-job-controller", kind: "config", code: 2 });
      assert.equal(connections, 0);
    });
  }

  test("a token on standard input is taken, an empty one is not", async () => {
    const flags = ["--health-probe-bind-address=0", "--token-file=-", exchange(), server()];
    const { code, stderr } = await runBinary(flags, { input: "\n" });
    assert.deepEqual([code, stderr], [2, "Error: Cannot use --token-file - (standard input): it is empty\n"]);
    assert.equal(connections, 0);
  });

  test("the same address is connected to once the configuration is right", async () => {
    const controller = new Controller(["--health-probe-bind-address=0", "--token=x", exchange(), server()]);
    await connected;
    assert.equal(await controller.stop(), 0);
  });
});

describe("the address of the health pages", () => {
  test("a port that was named and is taken is an error", async () => {
    await using site = await Site.open();
    await using taken = await tcpServer(() => {});
    const address = `127.0.0.1:${taken.port}`;
    const controller = site.start([`--health-probe-bind-address=${address}`]);
    assert.equal(await controller.exited, 2);
    const message = `Cannot listen on --health-probe-bind-address "${address}": the port is taken; choose another one, or 0 for none`;
    assert.equal(controller.stderr, `Error: ${message}\n`);
    assert.deepEqual(site.devserver.requests, []);
  });

  test("the default port that is taken is a warning, and the controller works", async () => {
    await using site = await Site.open();
    // Two programs at the default port: whichever comes second goes without.
    const flags = [...site.credential, ...site.server];
    const controllers = [site.launch(flags), site.launch(flags)];
    await Promise.all(controllers.map((controller) => controller.started()));
    const warned = controllers.flatMap((controller) => controller.of("health pages are off"));
    assert.ok(warned.length > 0);
    const { time: _, ...line } = warned[0] ?? {};
    assert.deepEqual(line, {
      level: "WARN",
      msg: "health pages are off",
      logger: "provisioning-job-controller",
      error: 'Cannot listen on --health-probe-bind-address ":8081": the port is taken; choose another one, or 0 for none',
      next: "name a free address with --health-probe-bind-address, or 0 for none",
    });
    assert.deepEqual(await Promise.all(controllers.map((controller) => controller.stop())), [0, 0]);
  });
});

