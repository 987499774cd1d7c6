import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { ConfigError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { DEV_DEFAULTS, type DevOptions } from "../../src/devserver/options.ts";
import { runDevserver } from "../../src/devserver/run.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { temporaryDirectory } from "../support/certs.ts";

const FREE_PORTS = { apiAddress: "localhost:0", exchangeAddress: "localhost:0" };

interface Running {
  lines: string[];
  /** The indented lines below a title, as a shell reads them. */
  commands(title: string): string;
  stop(): Promise<void>;
}

/** Runs the command until it has said all. */
async function run(options: Partial<DevOptions>): Promise<Running> {
  const stop = new AbortController();
  const lines: string[] = [];
  const { promise: said, resolve, reject } = Promise.withResolvers<void>();
  const write = (line: string) => {
    lines.push(line);
    if (line === "Stop with Ctrl-C") resolve();
  };
  const env = { clock: systemClock, random: Math.random, write, signal: stop.signal };
  const running = runDevserver({ ...DEV_DEFAULTS, ...FREE_PORTS, ...options }, env);
  running.catch(reject);
  await said;
  return {
    lines,
    commands(title) {
      const start = lines.indexOf(`${title}:`) + 1;
      assert.ok(start > 0, `no "${title}" in\n${lines.join("\n")}`);
      return lines.slice(start, lines.indexOf("", start)).join("\n");
    },
    async stop() {
      stop.abort();
      await running;
    },
  };
}

async function shell(script: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-euc", script], { env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...env } });
  return stdout;
}

describe("runDevserver()", () => {
  for (const mtls of ["off", "optional", "required"] as const) {
    test(`with mTLS ${mtls} the printed requests work as they stand`, async () => {
      const { commands, stop } = await run({ mtls, repositories: ["org-2/demo"] });
      const token = commands("Get a token");
      const job = JSON.parse(await shell(`${token}\n${commands("Create a job")}`)) as {
        metadata: { name: string; namespace: string };
      };
      assert.deepEqual([job.metadata.namespace, job.metadata.name], ["org-2", "demo-sync"]);
      assert.match(
        await shell(`${token}\n${commands("See the queue and the history")}`),
        /"JobList".*"demo-sync".*"HistoricJobList"/s,
      );
      await stop();
    });
  }

  test("the controller's commands name the certificates as far as they are wanted", async () => {
    const optional = await run({});
    assert.match(
      optional.commands("Run the controller"),
      /^ {2}job-controller --token="ProvisioningAdminToken" .*\n.*--tls-ca-file=\S+\/ca\.pem$/,
    );
    assert.match(
      optional.commands("Run the controller with a client certificate"),
      /ca\.pem \\\n.*--tls-cert-file=\S+\/client\.pem --tls-key-file=\S+\/client-key\.pem$/,
    );
    await optional.stop();
    const required = await run({ mtls: "required" });
    assert.ok(!required.lines.includes("Run the controller:"));
    await required.stop();
    const off = await run({ mtls: "off" });
    assert.ok(!off.lines.includes("Run the controller with a client certificate:"));
    await off.stop();
  });

  test("says where everything is", async () => {
    const { lines, stop } = await run({ repositories: ["test6", "org-2/demo"], simulate: true });
    const said = lines.join("\n");
    assert.match(said, /API +https:\/\/localhost:\d+ \(client certificate optional\)/);
    assert.match(said, /token exchange +http:\/\/localhost:\d+\/sign\/access-token/);
    assert.match(said, /repository +default\/test6 \(healthy\)\n +repository +org-2\/demo \(healthy\)/);
    assert.match(said, /simulated driver/);
    await stop();
  });

  test("removes the directory that it made, and no other", async () => {
    const fresh = await run({});
    const [, ca = ""] = /CA +(\S+)/.exec(fresh.lines.join("\n")) ?? [];
    assert.ok((await stat(ca)).isFile());
    await fresh.stop();
    await assert.rejects(stat(dirname(ca)));
    await using directory = await temporaryDirectory();
    await (await run({ certDir: directory.path })).stop();
    assert.ok((await stat(`${directory.path}/ca.pem`)).isFile());
  });

  test("a token of one's own is not printed, and is taken from the shell", async () => {
    const { lines, commands, stop } = await run({ token: new Secret("canary-5f2a") });
    assert.ok(!lines.join("\n").includes("canary-5f2a"));
    const token = await shell(`${commands("Get a token")}\necho "$ACCESS_TOKEN"`, { TOKEN: "canary-5f2a" });
    assert.match(token, /^eyJ/);
    await stop();
  });

  test("a directory with blanks and quotes is quoted", async () => {
    await using directory = await temporaryDirectory("it's a ");
    const { commands, stop } = await run({ certDir: directory.path, mtls: "required" });
    assert.match(await shell(`${commands("Get a token")}\n${commands("See the queue and the history")}`), /"JobList"/);
    await stop();
  });

  test("ends with the signal, also with one that was there before", async () => {
    const { stop } = await run({});
    await stop();
    const env = { clock: systemClock, random: Math.random, write: () => {}, signal: AbortSignal.abort() };
    await runDevserver({ ...DEV_DEFAULTS, ...FREE_PORTS }, env);
  });

  test("rejects for an address that is none", async () => {
    await assert.rejects(run({ apiAddress: "here" }), ConfigError);
  });
});
