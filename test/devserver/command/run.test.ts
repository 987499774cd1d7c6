// The `dev` command in process: what it says works as printed, what it writes is there while it serves and gone afterwards.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { ConfigError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { LAST_LINE } from "../../../src/devserver/command/instructions.ts";
import type { Ready } from "../../../src/devserver/command/ready-file.ts";
import { printEnvironment, runDevserver } from "../../../src/devserver/command/run.ts";
import { DEV_DEFAULTS, type DevOptions } from "../../../src/devserver/options.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { temporaryDirectory } from "../../support/certs.ts";

const FREE_PORTS = { apiAddress: "localhost:0", exchangeAddress: "localhost:0" };
const PID = 4_711;

interface Running {
  lines: string[];
  /** The directory of its files. */
  directory: string;
  /** The printed line that begins with this program. */
  command(program: string): string;
  stop(): Promise<void>;
  /** What the process does last, however it ends. */
  leave(): void;
}

/** Runs the command until it has said all. */
async function run(options: Partial<DevOptions>): Promise<Running> {
  const stop = new AbortController();
  const lines: string[] = [];
  const { promise: said, resolve, reject } = Promise.withResolvers<void>();
  const write = (line: string) => {
    lines.push(line);
    if (line === LAST_LINE) resolve();
  };
  const leaving: (() => void)[] = [];
  const atExit = (clean: () => void) => void leaving.push(clean);
  const log = (line: string) => void lines.push(`log ${line}`);
  const env = { clock: systemClock, random: Math.random, write, log, signal: stop.signal, program: "job-controller", pid: PID, atExit };
  const running = runDevserver({ ...DEV_DEFAULTS, ...FREE_PORTS, ...options }, env);
  running.catch(reject);
  await said;
  return {
    lines,
    directory: /files +(.*):/.exec(lines.join("\n"))?.[1] ?? "",
    command: (program) => lines.find((line) => line.startsWith(`  ${program} `))?.trim() ?? "",
    async stop() {
      stop.abort();
      await running;
    },
    leave: () => leaving.forEach((clean) => clean()),
  };
}

async function shell(script: string): Promise<string> {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent" };
  const { stdout } = await promisify(execFile)("sh", ["-euc", script], { env });
  return stdout;
}

describe("runDevserver()", () => {
  for (const mtls of ["off", "optional", "required"] as const) {
    test(`with mTLS ${mtls} the printed request creates a job as it stands`, async () => {
      const { command, stop } = await run({ mtls, repositories: ["org-2/demo"] });
      const job = JSON.parse(await shell(command("curl"))) as { metadata: { name: string; namespace: string } };
      assert.deepEqual([job.metadata.namespace, job.metadata.name], ["org-2", "demo-sync"]);
      await stop();
    });
  }

  test("the printed request knows a CA that a fault has rotated from the start", async () => {
    const { command, stop } = await run({ faults: ["certificate-rotated:ca"] });
    assert.match(await shell(command("curl")), /^\{\s*"kind":\s*"Job"/);
    await stop();
  });

  test("without a repository the printed request lists jobs", async () => {
    const { command, stop } = await run({ repositories: [] });
    assert.match(await shell(command("curl")), /^\{\s*"kind":\s*"JobList"/);
    await stop();
  });

  test("the controller's line names the client certificate unless there is none to show", async () => {
    const optional = await run({});
    assert.match(
      optional.command("job-controller"),
      /--token-file=\S+\/token .*--tls-ca-file=\S+\/ca\.pem --tls-cert-file=\S+\/client\.pem --tls-key-file=\S+\/client-key\.pem$/,
    );
    await optional.stop();
    const off = await run({ mtls: "off" });
    assert.match(off.command("job-controller"), /--tls-ca-file=\S+\/ca\.pem$/);
    await off.stop();
  });

  test("the controller's line lets the token cross the network where the exchange is not on loopback", async () => {
    const { lines, command, stop } = await run({ exchangeAddress: `${hostname()}:0` });
    assert.match(lines.join("\n"), new RegExp(`exchange +http://${hostname()}:`));
    assert.match(command("job-controller"), / --allow-plaintext-token /);
    await stop();
    const everywhere = await run({ exchangeAddress: "0.0.0.0:0" });
    assert.doesNotMatch(everywhere.command("job-controller"), /--allow-plaintext-token/);
    await everywhere.stop();
  });

  test("says in a dozen lines where everything is", async () => {
    const { lines, stop } = await run({ repositories: ["test6", "org-2/demo"], era: "2025-08" });
    const said = lines.join("\n");
    assert.ok(lines.length <= 12, said);
    assert.match(said, /as of 2025-08/);
    assert.match(said, /API +https:\/\/localhost:\d+ \(client certificate optional\)/);
    assert.match(said, /exchange +http:\/\/localhost:\d+\/sign\/access-token/);
    assert.match(said, /files +\S+: ca\.pem client\.pem client-key\.pem token auth-header kubeconfig/);
    assert.match(said, /healthy +default\/test6 org-2\/demo/);
    await stop();
  });

  test("the access log has lines of its own, which may be lost when they are not read", async () => {
    const { lines, command, stop } = await run({ logRequests: true });
    await shell(command("curl"));
    assert.match(lines.at(-1) ?? "", /^log api POST \S+\/test6\/jobs 202 \d+ms/);
    await stop();
  });

  test("a token of one's own is not printed", async () => {
    const { lines, directory, stop } = await run({ token: new Secret("canary-5f2a") });
    assert.ok(!lines.join("\n").includes("canary-5f2a"));
    assert.equal(await readFile(`${directory}/token`, "utf8"), "canary-5f2a\n");
    await stop();
  });

  test("a directory with blanks and quotes is quoted", async () => {
    await using directory = await temporaryDirectory("it's a ");
    const { command, stop } = await run({ stateDir: directory.path, mtls: "required" });
    assert.match(await shell(command("curl")), /^\{\s*"kind":\s*"Job"/);
    await stop();
  });

  test("ends with the signal, also with one that was there before", async () => {
    const { stop } = await run({});
    await stop();
    const env = { clock: systemClock, random: Math.random, write: () => {}, log: () => {}, signal: AbortSignal.abort(), program: "", pid: PID, atExit: () => {} };
    await runDevserver({ ...DEV_DEFAULTS, ...FREE_PORTS }, env);
  });

  test("rejects for an address that is none", async () => {
    await assert.rejects(run({ apiAddress: "here" }), ConfigError);
  });
});

describe("the files of a server", () => {
  test("secrets are readable by their owner alone", async () => {
    const { directory, stop } = await run({});
    for (const name of ["client-key.pem", "token", "auth-header", "kubeconfig"]) {
      assert.equal((await stat(`${directory}/${name}`)).mode & 0o777, 0o600, name);
    }
    await stop();
  });

  test("are gone at the end, with the directory if the server made it", async () => {
    const fresh = await run({});
    await fresh.stop();
    await assert.rejects(stat(fresh.directory));
    await using directory = await temporaryDirectory();
    await writeFile(`${directory.path}/mine`, "");
    await (await run({ stateDir: directory.path })).stop();
    await (await run({ stateDir: `${directory.path}/new/er/est`, readyFile: `${directory.path}/ready` })).stop();
    assert.deepEqual(await readdir(directory.path), ["mine"]);
  });

  test("are gone, too, when a second signal ends the process at once", async () => {
    await using directory = await temporaryDirectory();
    const { leave, stop } = await run({ stateDir: `${directory.path}/new`, readyFile: `${directory.path}/ready` });
    leave();
    assert.deepEqual(await readdir(directory.path), []);
    await stop();
  });

  test("of a server that was killed are replaced by the next one's", async () => {
    await using directory = await temporaryDirectory();
    const [stateDir, readyFile] = [`${directory.path}/state`, `${directory.path}/ready`];
    const killed = await run({ stateDir, readyFile });
    const names = ["ca.pem", ".job-controller-dev"];
    const left = await Promise.all(names.map((name) => readFile(`${stateDir}/${name}`, "utf8")));
    const ready = await readFile(readyFile, "utf8");
    await killed.stop();
    await mkdir(stateDir);
    await Promise.all([...names.map((name, index) => writeFile(`${stateDir}/${name}`, left[index] ?? "")), writeFile(readyFile, ready)]);
    const next = await run({ stateDir, readyFile });
    assert.match(await shell(next.command("curl")), /^\{\s*"kind":\s*"Job"/);
    await next.stop();
    assert.deepEqual(await readdir(directory.path), ["state"]);
    assert.deepEqual(await readdir(stateDir), []);
  });

  test("are not shared with another server that runs", async () => {
    await using directory = await temporaryDirectory();
    const [stateDir, readyFile] = [`${directory.path}/state`, `${directory.path}/ready`];
    const { command, stop } = await run({ stateDir, readyFile });
    await assert.rejects(run({ stateDir }), /^ConfigError: Cannot write to --state-dir ".*": the server of http:\S+ uses it; stop that or name another/);
    await assert.rejects(run({ readyFile }), /^ConfigError: Cannot write --ready-file ".*": process 4711 has written it and still serves; stop that or/);
    assert.match(await shell(command("curl")), /^\{\s*"kind":\s*"Job"/);
    await stop();
  });

  test("do not take the place of anybody else's", async () => {
    await using directory = await temporaryDirectory();
    await directory.write("ca.pem", "mine");
    const readyFile = await directory.write("package.json", "{}");
    const foreign = (error: Error) => error instanceof ConfigError && error.message.endsWith('": "ca.pem" is there and no dev server\'s; name a directory of its own');
    await assert.rejects(run({ stateDir: directory.path }), foreign);
    await assert.rejects(run({ readyFile }), /^ConfigError: Cannot write --ready-file ".*": it holds something else; name another file$/);
    await assert.rejects(run({ readyFile: "/dev/null" }), /^ConfigError: Cannot write --ready-file "\/dev\/null": expected a file, or nothing there yet$/);
    assert.deepEqual([await readFile(`${directory.path}/ca.pem`, "utf8"), await readFile(readyFile, "utf8")], ["mine", "{}"]);
  });

  test("stay when somebody else has written them meanwhile", async () => {
    await using directory = await temporaryDirectory();
    const readyFile = `${directory.path}/ready`;
    const { stop } = await run({ stateDir: `${directory.path}/state`, readyFile });
    await Promise.all([readyFile, `${directory.path}/state/token`].map((path) => writeFile(path, "mine")));
    await stop();
    assert.deepEqual(await readdir(`${directory.path}/state`), ["token"]);
    assert.equal(await readFile(readyFile, "utf8"), "mine");
  });

  test("of a server stay when another finds its address taken", async () => {
    await using directory = await temporaryDirectory();
    const first = await run({ stateDir: directory.path });
    const ca = await readFile(`${directory.path}/ca.pem`, "utf8");
    const [, address = ""] = /https:\/\/(\S+)/.exec(first.lines.join("\n")) ?? [];
    await assert.rejects(run({ apiAddress: address, stateDir: directory.path }), ConfigError);
    assert.equal(await readFile(`${directory.path}/ca.pem`, "utf8"), ca);
    await first.stop();
  });

  test("that cannot be written are named, and nothing is left listening", async () => {
    await using directory = await temporaryDirectory();
    const stateDir = await directory.write("file", "");
    await assert.rejects(run({ stateDir }), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /^Cannot write to --state-dir ".*\/file": EEXIST/);
      return true;
    });
    await assert.rejects(run({ readyFile: `${directory.path}/no/ready.json` }), /^ConfigError: Cannot write --ready-file ".*\/no\/ready.json": ENOENT/);
  });
});

describe("the ready file", () => {
  test("holds addresses, paths and the process id once the server answers", async () => {
    await using directory = await temporaryDirectory();
    const readyFile = `${directory.path}/ready.json`;
    const { lines, stop } = await run({ readyFile, stateDir: directory.path });
    const ready = JSON.parse(await readFile(readyFile, "utf8")) as Ready;
    assert.equal(ready.pid, PID);
    assert.ok(lines.join("\n").includes(ready.apiUrl) && lines.join("\n").includes(ready.exchangeUrl));
    for (const path of Object.values(ready.files)) assert.ok((await stat(path)).size > 0, path);
    await stop();
    await assert.rejects(stat(readyFile));
  });

  test("gives --print-env the variables that run and kubectl read", async () => {
    await using directory = await temporaryDirectory();
    // As mktemp leaves it.
    const readyFile = await directory.write("ready.json", "");
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    // Asked before the server is there: it waits.
    const printed = printEnvironment({ readyFile }, { clock: systemClock, write, signal: new AbortController().signal });
    const { stop } = await run({ readyFile });
    await printed;
    const script = `export JOB_CONTROLLER_ADMIN_ADDRESS=of-another
      ${lines.join("\n")}
      test -s "$KUBECONFIG"
      test -z "\${JOB_CONTROLLER_ADMIN_ADDRESS-}"
      curl -s --cacert "$JOB_CONTROLLER_TLS_CA_FILE" "$JOB_CONTROLLER_PROVISIONING_SERVER_URL/readyz"
      echo; cat "$JOB_CONTROLLER_TOKEN_FILE"; echo "$JOB_CONTROLLER_TOKEN_EXCHANGE_URL"`;
    assert.match(await shell(script), /^ok\nProvisioningAdminToken\nhttp:\/\/localhost:\d+\/sign\/access-token\n$/);
    await stop();
  });

  for (const [what, text, why] of [
    ["is missing", undefined, "there is no such file; start a server"],
    ["is empty", "", "nothing has been written to it"],
    ["is of a server that was killed", '{"apiUrl":"","exchangeUrl":"http://127.0.0.1:1/","files":{}}', "the server that wrote it does not answer"],
    ["is something else", "[]", "expected the JSON that job-controller dev writes"],
  ] as const) {
    test(`that ${what} ends --print-env with a reason`, async () => {
      await using directory = await temporaryDirectory();
      const readyFile = `${directory.path}/ready.json`;
      if (text !== undefined) await writeFile(readyFile, text);
      let now = 0;
      const clock = { ...systemClock, monotonic: () => (now += 20_000), sleep: () => Promise.resolve() };
      const env = { clock, write: () => {}, signal: new AbortController().signal };
      await assert.rejects(printEnvironment({ readyFile }, env), (error: Error) => {
        assert.ok(error instanceof ConfigError);
        assert.ok(error.message.startsWith(`Cannot use --ready-file "${readyFile}": `) && error.message.includes(why), error.message);
        return true;
      });
    });
  }
});
