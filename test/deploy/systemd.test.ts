// deploy/systemd: checked by systemd's own tools, read by the program, and run by systemd in its sandbox.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../../src/cli/commands.ts";
import type { RunConfig } from "../../src/cli/config.ts";
import { eventually } from "../support/apiserver.ts";
import { records, Site } from "../support/binary.ts";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { BINARY, STARTED } from "../support/controller.ts";
import { Boot, obstacle } from "./boot.ts";
import { credentialsOf, keysOf, secondsOf, startOf } from "./unit-file.ts";

const NAME = "job-controller.service";
const DROP_IN = `${NAME}.d/mtls.conf`;
const folder = fileURLToPath(new URL("../../deploy/systemd/", import.meta.url));
const unit = readFileSync(join(folder, NAME), "utf8");
const mtls = readFileSync(join(folder, DROP_IN), "utf8");
const README = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
const INSTALLED = "/usr/local/bin/job-controller";

/** What the README has people run, with and without a client certificate. */
const [INSTALL, INSTALL_MTLS] = [.../^## systemd$([^]*?)^## /m.exec(README)?.[1]?.matchAll(/^```sh no-run\n([^]*?)^```$/gm) ?? []].map(
  ([, text = ""]) => text,
) as [string, string];
/** What that puts into /etc/job-controller/environment. */
const file = Object.fromEntries([...INSTALL.matchAll(/^(JOB_\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));

describe("systemd-analyze", () => {
  let directory: Directory;
  before(async () => {
    directory = await temporaryDirectory();
  });
  after(() => directory[Symbol.asyncDispose]());

  /** A copy that starts a program which is there, as systemd looks for it, and its drop-in. */
  function analyze(command: string[], text: string): { status: number | null; stdout: string; stderr: string } {
    const path = join(directory.path, NAME);
    mkdirSync(`${path}.d`, { recursive: true });
    writeFileSync(path, text.replace(INSTALLED, BINARY));
    writeFileSync(join(directory.path, DROP_IN), mtls);
    return spawnSync("systemd-analyze", [...command, path], { encoding: "utf8", env: { ...process.env, SYSTEMD_UNIT_PATH: `${directory.path}:` } });
  }

  test("has nothing to say of the unit and its drop-in", () => {
    const { status, stderr } = analyze(["verify"], unit);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  });
  test("finds a misspelt key", () => assert.match(analyze(["verify"], unit.replace("DynamicUser=", "DynamicUsers=")).stderr, /DynamicUsers/));
  test("rates the sandbox below 2.0, and above without its filter", () => {
    const rate = ["security", "--offline=true", "--threshold=20"];
    assert.equal(analyze(rate, unit).status, 0);
    assert.equal(analyze(rate, unit.replaceAll(/^(SystemCall|Capability|Restrict).*$/gm, "")).status, 1);
  });
});

describe("the unit's command line", () => {
  const config = (...texts: string[]) => {
    const { args, env } = startOf(keysOf(...texts), "/run/credentials/job-controller.service", file);
    return parseConfig(args, env) as RunConfig;
  };
  test("takes the token among the credentials, and verifies the server", () => {
    const { credential, tls, server } = config(unit);
    assert.deepEqual(credential.kind === "exchange" && credential.token, { kind: "file", path: "/run/credentials/job-controller.service/token" });
    assert.equal(tls.insecure, false);
    assert.equal(server, file["JOB_CONTROLLER_PROVISIONING_SERVER_URL"]);
    assert.deepEqual(credentialsOf(keysOf(unit)), ["token"]);
  });
  test("takes CA and client certificate there, with the drop-in", () => {
    const { tls } = config(unit, mtls);
    const names = [tls.caFile, tls.certFile, tls.keyFile].map((path) => path?.replace("/run/credentials/job-controller.service/", ""));
    assert.deepEqual(["token", ...names], credentialsOf(keysOf(unit, mtls)));
  });
  test("has time to end, with workers too", () => {
    assert.ok(secondsOf(keysOf(unit).get("TimeoutStopSec")?.[0]) > config(unit).shutdownTimeoutMs / 1000 + 20);
  });
});

/** For a place without systemd's own targets and journal, whose ports may be taken. */
const HERE = `[Unit]
DefaultDependencies=no
[Service]
StandardOutput=append:/run/out/stdout
StandardError=append:/run/out/stderr
Environment=JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS=localhost:0
Environment="JOB_CONTROLLER_WORKER=pull=exec:/usr/bin/id -u\\npush=exec:/usr/bin/sleep 4"
`;

describe("the unit, installed as the README says and run by systemd", () => {
  const skip = obstacle();
  let site: Site;
  let boot: Boot;
  const lines = async () => records(await boot.output("stdout"));
  const line = (match: (line: Record<string, unknown>) => boolean) => eventually("a line", async () => (await lines()).find(match));
  const starts = async () => (await lines()).filter(({ msg }) => msg === STARTED).length;

  before(async () => {
    if (skip !== false) return;
    site = await Site.open({ mtls: "required" });
    const { ca, client } = site.devserver.certificates;
    boot = await Boot.start({
      [`systemd/system/${NAME}.d/here.conf`]: HERE,
      "job-controller/ca.pem": ca,
      "job-controller/client.pem": client.cert,
      "job-controller/client-key.pem": client.key,
    });
  });
  after(async () => {
    if (skip !== false) return;
    await boot[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  test("notifies over mutual TLS", { skip, timeout: 60_000 }, async () => {
    const checkout = join(site.directory.path, "checkout");
    mkdirSync(checkout);
    copyFileSync(BINARY, join(checkout, "job-controller"));
    symlinkSync(join(folder, ".."), join(checkout, "deploy"));
    writeFileSync(join(checkout, "token"), `${site.token}\n`);
    const [api = "", exchange = ""] = Object.values(file);
    const own = INSTALL.replace(api, site.devserver.apiUrl).replace(exchange, site.devserver.exchangeUrl);
    for (const script of [own, INSTALL_MTLS]) {
      const { code, output } = await boot.shell(script, checkout);
      assert.equal(code, 0, output);
    }
    await line(({ msg }) => msg === STARTED);
    const { uid } = site.createJob("one");
    await line((record) => record["uid"] === uid && record["trigger"] === "live");
  });
  test("is confined: a user without rights, under a filter, on a read-only root", { skip }, async () => {
    const pid = await boot.property(NAME, "MainPID");
    const { output: status } = await boot.shell(`cat /proc/${pid}/status`);
    assert.match(status, /^Uid:\s+[1-9]/m);
    assert.match(status, /^CapBnd:\s+0+$/m);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(status, /^Seccomp:\s+2$/m);
    assert.match((await boot.shell(`grep ' / ' /proc/${pid}/mounts`)).output, / ro,/);
  });
  test("has workers do jobs in the same confinement", { skip, timeout: 60_000 }, async () => {
    assert.equal((await line(({ msg }) => msg === "job finished"))["outcome"], "success");
    assert.match(String((await line(({ msg }) => msg === "worker says"))["text"]), /^[1-9]\d+$/);
  });
  test("starts again after it was killed", { skip, timeout: 60_000 }, async () => {
    assert.deepEqual(await boot.systemctl("kill", "--kill-whom=main", "--signal=KILL", NAME), { code: 0, output: "" });
    await eventually("a second start", async () => (await starts()) === 2);
    assert.equal(await boot.property(NAME, "NRestarts"), "1");
  });
  test("ends in order, with the work in flight", { skip, timeout: 60_000 }, async () => {
    const spec = { action: "push", repository: "test6", push: {} };
    const { uid } = site.devserver.store.create("jobs", { metadata: { name: "two", namespace: "default" }, spec });
    await line((record) => record["uid"] === uid && record["msg"] === "job claimed");
    await eventually("its worker runs", async () => (await boot.shell("pgrep -x sleep")).code === 0);
    assert.deepEqual(await boot.systemctl("stop", NAME), { code: 0, output: "" });
    assert.deepEqual([await boot.property(NAME, "Result"), await boot.property(NAME, "ExecMainStatus")], ["success", "0"]);
    assert.equal((await line((record) => record["uid"] === uid && record["msg"] === "job finished"))["outcome"], "success");
    assert.equal(await boot.output("stderr"), "");
  });
  test("stays down with a configuration that is wrong, and says why", { skip, timeout: 60_000 }, async () => {
    await boot.shell(`echo JOB_CONTROLLER_DRIVERS=none >> /etc/job-controller/environment; systemctl start ${NAME}`);
    await eventually("the unit failed", async () => (await boot.property(NAME, "ActiveState")) === "failed");
    assert.deepEqual([await boot.property(NAME, "ExecMainStatus"), await boot.property(NAME, "NRestarts")], ["2", "0"]);
    assert.match(await boot.output("stderr"), /Cannot parse JOB_CONTROLLER_DRIVERS "none"/);
  });
});
