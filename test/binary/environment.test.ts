// A working directory and an environment that mean harm: nothing of theirs is run, believed or shown.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { runBinary, Site, start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import { STARTED } from "../support/controller.ts";
import { BUN, loopbackProxy } from "../support/servers.ts";

const SET = (name: string, why: string) => `environment variable ${name} is set: it ${why}`;
const EVAL_REFUSED = /^EvalError: Code generation from strings disallowed for this context$/m;

/** A directory full of files that a run of Bun in it would obey. Each writes `ran` when it is executed. */
async function hostileDirectory(): Promise<Directory & { ran: string }> {
  const directory = await temporaryDirectory();
  const ran = join(directory.path, "ran");
  const write = `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "");\n`;
  const env = "NODE_TLS_REJECT_UNAUTHORIZED=0\nJOB_CONTROLLER_TOKEN=from-the-file\nJOB_CONTROLLER_LOG_LEVEL=debug\n";
  const preload = 'preload = ["./preload.js"]\n[run]\nbun = true\n';
  await mkdir(join(directory.path, "node_modules/citty"), { recursive: true });
  const files = {
    ".env": env,
    ".env.local": env,
    ".env.production": env,
    "bunfig.toml": preload,
    ".bunfig.toml": preload,
    "preload.js": write,
    "package.json": JSON.stringify({ type: "commonjs", imports: { "#*": "./preload.js" }, preload: "./preload.js" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: { paths: { "*": ["./preload.js"] }, jsx: "react", jsxImportSource: "./preload.js" } }),
    "node_modules/citty/package.json": JSON.stringify({ name: "citty", version: "0.0.0", main: "index.js" }),
    "node_modules/citty/index.js": write,
  };
  for (const [name, text] of Object.entries(files)) await directory.write(name, text);
  return { ...directory, ran };
}

describe("a hostile working directory", () => {
  let hostile: Directory & { ran: string };
  before(async () => void (hostile = await hostileDirectory()));
  after(() => hostile[Symbol.asyncDispose]());

  test("Bun itself obeys it", async () => {
    const { stdout } = await ended(start(BUN, ["-e", "console.log(process.env.JOB_CONTROLLER_TOKEN)"], { cwd: hostile.path }));
    assert.deepEqual([stdout, existsSync(hostile.ran)], ["from-the-file\n", true]);
    await rm(hostile.ran);
  });

  test("nothing in it is executed, not even as the home directory", async () => {
    const elsewhere = await runBinary(["version", "-o", "json"]);
    const env = { HOME: hostile.path, XDG_CONFIG_HOME: hostile.path };
    assert.deepEqual(await runBinary(["version", "-o", "json"], { cwd: hostile.path, env }), elsewhere);
    assert.equal(existsSync(hostile.ran), false);
  });

  test("its .env gives no credential", async () => {
    const flags = ["--token-exchange-url=http://127.0.0.1:9/sign", "--provisioning-server-url=https://127.0.0.1:9"];
    const { code, stdout, stderr } = await runBinary(flags, { cwd: hostile.path });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Error: Missing credential: /);
  });

  test("a controller works in it, its log level untouched", async () => {
    await using site = await Site.open();
    const controller = site.start([], { cwd: hostile.path, env: { HOME: hostile.path } });
    await controller.started();
    await controller.notified(site.createJob("one").uid);
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([controller.lines.filter(({ level }) => level !== "INFO"), controller.garbage, controller.stderr], [[], [], ""]);
    assert.equal(existsSync(hostile.ran), false);
  });

  test("its .env does not make an untrusted server a trusted one", async () => {
    await using site = await Site.open();
    const flags = [...site.credential, site.address, "--tls-insecure=false", "--health-probe-bind-address=0"];
    const controller = site.launch(flags, { cwd: hostile.path });
    const { error } = await controller.until(({ level }) => level === "WARN");
    assert.match(String(error), /its certificate was issued by "CN=job-controller dev CA", which this machine does not trust/);
    assert.equal(site.devserver.requests.filter(({ server }) => server === "api").length, 0);
  });
});

describe("BUN_OPTIONS and its like", () => {
  let hostile: Directory & { ran: string };
  before(async () => void (hostile = await hostileDirectory()));
  after(() => hostile[Symbol.asyncDispose]());

  for (const options of ["--preload=./preload.js", "--require ./preload.js", "--import=./preload.js", "--config=./bunfig.toml"]) {
    test(`${options} executes nothing and is refused`, async () => {
      const { code, stdout, stderr } = await runBinary(["version"], { cwd: hostile.path, env: { BUN_OPTIONS: options } });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, EVAL_REFUSED);
      assert.equal(existsSync(hostile.ran), false);
    });
  }

  for (const option of ["--inspect", "--inspect-brk=127.0.0.1:0", "--env-file=.env", "--smol", "--use-system-ca", "--cwd=/"]) {
    test(`${option} is refused by name`, async () => {
      const { code, stdout, stderr } = await runBinary(["version"], { cwd: hostile.path, env: { BUN_OPTIONS: option } });
      const expected = `Error: Cannot start with runtime option "${option}": expected none beside those built in; unset BUN_OPTIONS\n`;
      assert.deepEqual([code, stdout, stderr], [2, "", expected]);
    });
  }

  test("BUN_INSPECT opens no debugger", async () => {
    const { code, stdout, stderr } = await runBinary(["version"], { env: { BUN_INSPECT: "ws://127.0.0.1:0/debug" } });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /BUN_INSPECT cannot be used/);
  });

  test("NODE_OPTIONS and NODE_PATH have no effect", async () => {
    const env = { NODE_OPTIONS: `--require ${join(hostile.path, "preload.js")}`, NODE_PATH: join(hostile.path, "node_modules") };
    assert.deepEqual(await runBinary(["version"], { env }), await runBinary(["version"]));
    assert.equal(existsSync(hostile.ran), false);
  });
});

describe("variables that others obey", () => {
  test("NODE_TLS_REJECT_UNAUTHORIZED=0 switches no verification off and is named", async () => {
    await using site = await Site.open();
    const flags = [...site.credential, site.address, "--tls-insecure=false", "--health-probe-bind-address=0"];
    const controller = site.launch(flags, { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
    const { error } = await controller.until(({ msg }) => msg === "provisioning API not usable, retrying");
    assert.match(String(error), /its certificate was issued by "CN=job-controller dev CA", which this machine does not trust/);
    assert.equal(controller.lines[0]?.msg, SET("NODE_TLS_REJECT_UNAUTHORIZED", "has no effect here: use --tls-insecure"));
    assert.equal(site.devserver.requests.filter(({ server }) => server === "api").length, 0);
  });

  test("BUN_CONFIG_VERBOSE_FETCH=curl shows no request, so no secret, and is named", async () => {
    await using site = await Site.open();
    const controller = site.start(["--log-level=debug"], { env: { BUN_CONFIG_VERBOSE_FETCH: "curl" } });
    await controller.started();
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
    const sent = site.devserver.requests.flatMap(({ headers }) => headers.authorization ?? headers["x-access-token"] ?? []);
    assert.equal(new Set(sent).size, 2);
    const written = JSON.stringify(controller.lines);
    for (const value of sent) assert.equal(written.includes(value.replace("Bearer ", "")), false);
    assert.equal(controller.lines[0]?.msg, SET("BUN_CONFIG_VERBOSE_FETCH", "has no effect here: requests are not dumped, as they carry tokens"));
  });

  test("SSLKEYLOGFILE gets no keys", async () => {
    await using site = await Site.open();
    const file = join(site.directory.path, "keys");
    const controller = site.start([], { env: { SSLKEYLOGFILE: file } });
    await controller.started();
    assert.equal(await controller.stop(), 0);
    assert.equal(existsSync(file), false);
  });

  test("proxies are for other machines: never for loopback", async () => {
    await using site = await Site.open();
    const dead = `http://127.0.0.1:${await closedPort()}`;
    const env = { HTTP_PROXY: dead, HTTPS_PROXY: dead, ALL_PROXY: dead, http_proxy: dead, https_proxy: dead, all_proxy: dead };
    const controller = site.start([], { env });
    await controller.started();
    assert.equal(await controller.stop(), 0);
  });

  test("proxies are used for other machines", async () => {
    await using site = await Site.open();
    await using proxy = await loopbackProxy();
    const { port } = new URL(site.devserver.apiUrl);
    const address = `--provisioning-server-url=https://provisioning.example:${port}`;
    const flags = [...site.credential, address, `--tls-ca-file=${site.files.ca}`, "--tls-server-name=localhost"];
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const controller = site.launch([...flags, "--health-probe-bind-address=0"], { env });
    await controller.until(({ msg }) => msg === STARTED);
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([...new Set(proxy.requests)], [`CONNECT provisioning.example:${port}`]);
  });
});
