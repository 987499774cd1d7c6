// A working directory and an environment that mean harm, to any compiled program: nothing of theirs is run, believed or shown.
// What cannot be kept from being so is here, too.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { runBinary, sideBySide, Site } from "../support/binary.ts";
import type { ChildOptions, Program } from "../support/controller.ts";
import { type HostileDirectory, hostileDirectory } from "./hostile-directory.ts";
import { hostileVariables, UNTRUSTED } from "./hostile-variables.ts";

const EVAL_REFUSED = /^EvalError: Code generation from strings disallowed for this context$/m;
const NO_PAGES = "--health-probe-bind-address=0";
/** Tests at a time: each mostly waits for a program. */
const LANES = 2;

/** Declares the tests, whose program is started as `program` says. */
export function hostileSurroundings(program: Program): void {
  const run = (args: readonly string[], options: ChildOptions = {}) => runBinary(args, { ...options, program });
  const open = () => Site.open({}, program);
  let hostile: HostileDirectory;
  before(async () => void (hostile = await hostileDirectory()));
  after(() => hostile[Symbol.asyncDispose]());
  const nothingRan = () => assert.equal(existsSync(hostile.ran), false);

  describe("a hostile working directory", () => {
    sideBySide(LANES, {
      async "nothing in it is executed, not even as the home directory"() {
        const env = { HOME: hostile.path, XDG_CONFIG_HOME: hostile.path };
        assert.deepEqual(await run(["version", "-o", "json"], { cwd: hostile.path, env }), await run(["version", "-o", "json"]));
        nothingRan();
      },

      async "its .env gives no credential"() {
        const flags = ["--token-exchange-url=http://127.0.0.1:9/sign", "--provisioning-server-url=https://127.0.0.1:9"];
        const { code, stdout, stderr } = await run(flags, { cwd: hostile.path });
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(stderr, /^Error: Missing credential: /);
      },

      async "a controller works in it, its log level untouched"() {
        await using site = await open();
        const controller = site.start([], { cwd: hostile.path, env: { HOME: hostile.path } });
        await controller.started();
        await controller.notified(site.createJob("one").uid);
        assert.equal(await controller.stop(), 0);
        assert.deepEqual([controller.lines.filter(({ level }) => level !== "INFO"), controller.garbage, controller.stderr], [[], [], ""]);
        nothingRan();
      },

      async "its .env does not make an untrusted server a trusted one"() {
        await using site = await open();
        const controller = site.launch([...site.credential, site.address, "--tls-insecure=false", NO_PAGES], { cwd: hostile.path });
        const { error } = await controller.until(({ level }) => level === "WARN");
        assert.match(String(error), UNTRUSTED);
        assert.equal(site.devserver.requests.filter(({ server }) => server === "api").length, 0);
      },
    });
  });

  const EXECUTING: Record<string, string>[] = [
    { BUN_OPTIONS: "--preload=./preload.js" },
    { BUN_OPTIONS: "--require ./preload.js" },
    { BUN_OPTIONS: "--import=./preload.js" },
    { BUN_OPTIONS: "--config=./bunfig.toml" },
    { BUN_OPTIONS: "--disallow-code-generation-from-strings --preload=./preload.js" },
    { BUN_INSPECT_PRELOAD: "./preload.js" },
  ];
  const NAMED = ["--inspect", "--inspect-brk=127.0.0.1:0", "--env-file=.env", "--smol", "--use-system-ca", "--cwd=/", "--cpu-prof"];

  describe("BUN_OPTIONS and its like", () => {
    const refused = EXECUTING.map((env) => [`${Object.entries(env).flat().join("=")} executes nothing and is refused`, async () => {
      const { code, stdout, stderr } = await run(["version"], { cwd: hostile.path, env });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, EVAL_REFUSED);
      nothingRan();
    }] as const);
    const named = NAMED.map((option) => [`${option} is refused by name`, async () => {
      const { code, stdout, stderr } = await run(["version"], { cwd: hostile.path, env: { BUN_OPTIONS: option } });
      const expected = `Error: Cannot start with runtime option "${option}": expected none beside those built in; unset BUN_OPTIONS\n`;
      assert.deepEqual([code, stdout, stderr], [2, "", expected]);
    }] as const);
    sideBySide(LANES, {
      ...Object.fromEntries([...refused, ...named]),

      async "BUN_INSPECT opens no debugger"() {
        const { code, stdout, stderr } = await run(["version"], { env: { BUN_INSPECT: "ws://127.0.0.1:0/debug" } });
        assert.deepEqual([code, stdout], [1, ""]);
        assert.match(stderr, /BUN_INSPECT cannot be used/);
      },

      async "NODE_OPTIONS and NODE_PATH have no effect"() {
        const env = { NODE_OPTIONS: `--require ${join(hostile.path, "preload.js")}`, NODE_PATH: join(hostile.path, "node_modules") };
        assert.deepEqual(await run(["version"], { env }), await run(["version"]));
        nothingRan();
      },

      async "BUN_JSC_ sets options of the engine: this is not closed"() {
        const { code, stdout, stderr } = await run(["version"], { env: { BUN_JSC_dumpOptions: "1" } });
        assert.equal(code, 0);
        assert.match(stdout + stderr, /^Modified JSC options:$/m);
      },

      async "BUN_BE_BUN makes it Bun itself, which obeys: this cannot be closed"() {
        await using own = await hostileDirectory();
        const args = ["-e", "console.log(process.env.JOB_CONTROLLER_TOKEN)"];
        const { code, stdout } = await run(args, { cwd: own.path, env: { BUN_BE_BUN: "1" } });
        assert.deepEqual([code, stdout, existsSync(own.ran)], [0, "from-the-file\n", true]);
      },
    });
  });

  hostileVariables(program);
}
