import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { COMMANDS, COMMAND_NAMES, environmentName } from "../../src/cli/flags.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import { refusal, runOf, SEED, SERVER } from "../support/command-line.ts";

describe("environment variables", () => {
  test("are named after the flag", () => {
    const names = COMMANDS.run.flags.map(environmentName);
    assert.ok(names.includes("JOB_CONTROLLER_HISTORY_EXPIRATION") && names.includes("JOB_CONTROLLER_TLS_CA_FILE"));
    for (const name of names) assert.match(name, /^JOB_CONTROLLER_[A-Z]+(?:_[A-Z]+)*$/);
  });

  test("stand in for every flag of run", () => {
    const env = {
      JOB_CONTROLLER_TOKEN: "t", JOB_CONTROLLER_TOKEN_EXCHANGE_URL: "https://x/sign", JOB_CONTROLLER_TOKEN_EXCHANGE_CA_FILE: "/x.pem",
      JOB_CONTROLLER_PROVISIONING_SERVER_URL: "https://api", JOB_CONTROLLER_NAMESPACE: "a, b\nc", JOB_CONTROLLER_API_VERSION: "v1beta1",
      JOB_CONTROLLER_RESYNC_INTERVAL: "5s", JOB_CONTROLLER_STARTUP_TIMEOUT: "6s", JOB_CONTROLLER_TLS_INSECURE: "F",
      JOB_CONTROLLER_TLS_CA_FILE: "/ca", JOB_CONTROLLER_TLS_CERT_FILE: "/c", JOB_CONTROLLER_TLS_KEY_FILE: "/k",
      JOB_CONTROLLER_TLS_SERVER_NAME: "n", JOB_CONTROLLER_HISTORY_EXPIRATION: "7s", JOB_CONTROLLER_HISTORY_SWEEP_INTERVAL: "8s",
      JOB_CONTROLLER_HISTORY_DELETE_RATE: "9", JOB_CONTROLLER_DRY_RUN: "1", JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS: ":10",
      JOB_CONTROLLER_SHUTDOWN_TIMEOUT: "11s", JOB_CONTROLLER_LOG_FORMAT: "pretty", JOB_CONTROLLER_LOG_LEVEL: "warn",
      JOB_CONTROLLER_ALLOW_PLAINTEXT_TOKEN: "true", JOB_CONTROLLER_WORKER: "pull=exec:./a b\n*=builtin:test", JOB_CONTROLLER_WORKER_ENV: "A, B",
      JOB_CONTROLLER_DRIVERS: "12", JOB_CONTROLLER_JOB_TIMEOUT: "13s", JOB_CONTROLLER_JOB_INTERVAL: "14s", JOB_CONTROLLER_MAX_ATTEMPTS: "15",
      JOB_CONTROLLER_ON_EXPIRED: "fail", JOB_CONTROLLER_LEASE_VALIDITY: "17s", JOB_CONTROLLER_LEASE_RENEWAL: "5s",
      JOB_CONTROLLER_LEASE_EXPIRY: "22s", JOB_CONTROLLER_CLAIM_SETTLE: "4s",
    };
    const untested = COMMANDS.run.flags.map(environmentName).filter((name) => !(name in env));
    assert.deepEqual(untested, ["JOB_CONTROLLER_TOKEN_FILE", "JOB_CONTROLLER_BEARER_TOKEN_FILE", "JOB_CONTROLLER_KUBECONFIG", "JOB_CONTROLLER_CONTEXT"]);
    const { credential, ...config } = runOf([], env);
    assert.ok(credential.kind === "exchange" && credential.token.kind === "value");
    assert.deepEqual([credential.token.value.reveal(), credential.exchangeUrl, credential.exchangeCaFile], ["t", "https://x/sign", "/x.pem"]);
    assert.deepEqual(config, {
      command: "run", server: "https://api", namespaces: ["a", "b", "c"], apiVersion: "v1beta1", apiVersionNamed: true,
      resyncIntervalMs: 5_000, startupTimeoutMs: 6_000, historyExpirationMs: 7_000, historySweepIntervalMs: 8_000, historyDeleteRate: 9,
      dryRun: true, healthAddress: { host: "", port: 10 }, healthAddressNamed: true, shutdownTimeoutMs: 11_000, logFormat: "pretty",
      logLevel: "warn", allowPlaintextToken: true,
      tls: { insecure: false, insecureNamed: true, caFile: "/ca", certFile: "/c", keyFile: "/k", serverName: "n" },
      drive: {
        workers: ["pull=exec:./a b", "*=builtin:test"], workerEnv: ["A", "B"], drivers: 12, jobTimeoutMs: 13_000, jobIntervalMs: 14_000,
        maxAttempts: 15, onExpired: "fail", leaseValidityMs: 17_000, leaseRenewalMs: 5_000, leaseExpiryMs: 22_000, claimSettleMs: 4_000,
      },
    });
  });

  test("yield to the flag, and stand before the default", () => {
    const env = { JOB_CONTROLLER_LOG_LEVEL: "debug", JOB_CONTROLLER_NAMESPACE: "a", JOB_CONTROLLER_DRY_RUN: "true" };
    assert.equal(runOf(SEED).logLevel, "info");
    assert.equal(runOf(SEED, env).logLevel, "debug");
    const config = runOf([...SEED, "--log-level=error", "--namespace=b", "--no-dry-run"], env);
    assert.deepEqual([config.logLevel, config.namespaces, config.dryRun], ["error", ["b"], false]);
  });

  test("are not read where a flag is given, however bad they are", () => {
    assert.equal(runOf([...SEED, "--resync-interval=9s"], { JOB_CONTROLLER_RESYNC_INTERVAL: "junk" }).resyncIntervalMs, 9_000);
  });

  test("count as unset when empty", () => {
    const env = Object.fromEntries(COMMANDS.run.flags.map((flag) => [environmentName(flag), ""]));
    assert.deepEqual(runOf(SEED, env), runOf(SEED));
    assert.equal(runOf(SEED, env).healthAddressNamed, false);
    assert.deepEqual(runOf(SEED, { JOB_CONTROLLER_TOKEN: undefined }), runOf(SEED));
  });

  test("belong to the command that has the flag", () => {
    const env = { JOB_CONTROLLER_SIMULATE: "junk", JOB_CONTROLLER_TOKEN_LIFETIME: "junk" };
    assert.deepEqual(runOf(SEED, env), runOf(SEED));
    assert.match(refusal(["dev"], env), /^Cannot parse JOB_CONTROLLER_TOKEN_LIFETIME "junk": /);
  });

  test("of parts switch them as a flag does, in words, too", () => {
    const simulated = (text: string) => {
      const config = parseConfig(["dev"], { JOB_CONTROLLER_SIMULATE: text });
      return config.command === "dev" && config.simulate;
    };
    for (const text of ["1", "true", "T", "on"]) assert.equal(simulated(text), "on", text);
    for (const text of ["0", "false", "F", "off", ""]) assert.equal(simulated(text), undefined, text);
    assert.equal(simulated("errors:10%,drivers:1"), "errors:10%,drivers:1");
  });

  test("hold several faults between spaces, as a fault holds commas", () => {
    const config = parseConfig(["dev"], { JOB_CONTROLLER_FAULT: " cut:rst,lines=3  lose " });
    assert.deepEqual(config.command === "dev" && config.faults, ["cut:rst,lines=3", "lose"]);
  });

  test("are never what Kubernetes sets for a Service named job-controller", () => {
    const names = COMMAND_NAMES.flatMap((name) => COMMANDS[name].flags.map(environmentName));
    for (const name of names) assert.doesNotMatch(name, /^JOB_CONTROLLER_(?:PORT|SERVICE_HOST|SERVICE_PORT)(?:_|$)/);
    const env = {
      JOB_CONTROLLER_PORT: "tcp://10.0.0.1:8081", JOB_CONTROLLER_PORT_8081_TCP_ADDR: "10.0.0.1", JOB_CONTROLLER_SERVICE_HOST: "10.0.0.1",
      JOB_CONTROLLER_SERVICE_PORT: "8081", JOB_CONTROLLER_SERVICE_PORT_HEALTH: "8081", JOB_CONTROLLER_PORT_8081_TCP_PROTO: "tcp",
    };
    assert.deepEqual(runOf(SEED, env), runOf(SEED));
  });

  const rows: [string, string, string][] = [
    ["JOB_CONTROLLER_HISTORY_EXPIRATION", "3x", 'Cannot parse JOB_CONTROLLER_HISTORY_EXPIRATION "3x": expected a duration such as 30s, 15m or 24h'],
    ["JOB_CONTROLLER_RESYNC_INTERVAL", "1ms", 'Cannot use JOB_CONTROLLER_RESYNC_INTERVAL "1ms": expected at least 1s'],
    ["JOB_CONTROLLER_TLS_INSECURE", "yes", 'Cannot parse JOB_CONTROLLER_TLS_INSECURE "yes": expected true or false; did you mean true?'],
    ["JOB_CONTROLLER_HISTORY_DELETE_RATE", "x", 'Cannot parse JOB_CONTROLLER_HISTORY_DELETE_RATE "x": expected a number per second, 0 or more'],
    ["JOB_CONTROLLER_LOG_FORMAT", "x", 'Cannot parse JOB_CONTROLLER_LOG_FORMAT "x": expected json or pretty'],
    ["JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS", "x",
      'Cannot parse JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS "x": expected host:port, :port, or 0 to switch it off'],
    ["JOB_CONTROLLER_NAMESPACE", "a,B", 'Cannot parse JOB_CONTROLLER_NAMESPACE "B": expected a namespace of at most 63 lower-case letters, digits and "-"; did you mean b?'],
    ["JOB_CONTROLLER_NAMESPACE", " , ", "Missing value for JOB_CONTROLLER_NAMESPACE: it is empty"],
    ["JOB_CONTROLLER_TLS_CERT_FILE", "/c", 'Missing --tls-key-file: expected with JOB_CONTROLLER_TLS_CERT_FILE "/c"'],
    ["JOB_CONTROLLER_HISTROY_EXPIRATION", "30s", "Unknown environment variable JOB_CONTROLLER_HISTROY_EXPIRATION: did you mean JOB_CONTROLLER_HISTORY_EXPIRATION?"],
    ["JOB_CONTROLLER_TOKN", "S3CRET", "Unknown environment variable JOB_CONTROLLER_TOKN: did you mean JOB_CONTROLLER_TOKEN?"],
  ];
  for (const [name, text, message] of rows) test(`are named in the message: ${name}`, () => assert.equal(refusal(SEED, { [name]: text }), message));

  test("of a server are named, too", () => {
    assert.equal(refusal(["--bearer-token-file=/t"], { JOB_CONTROLLER_PROVISIONING_SERVER_URL: "x" }),
      'Cannot parse JOB_CONTROLLER_PROVISIONING_SERVER_URL "x": expected an http or https URL such as https://localhost:6446');
    assert.equal(refusal(["--token=a", SERVER], { JOB_CONTROLLER_TOKEN_EXCHANGE_URL: "x" }),
      'Cannot parse JOB_CONTROLLER_TOKEN_EXCHANGE_URL "x": expected an http or https URL such as http://localhost:6481/sign/access-token');
  });

  test("set an insecure default that a CA contradicts", () => {
    assert.equal(refusal([...SEED, "--tls-ca-file=/ca"], { JOB_CONTROLLER_TLS_INSECURE: "true" }),
      "Cannot combine JOB_CONTROLLER_TLS_INSECURE with --tls-ca-file: expected either verification against that CA or none");
  });

  test("do not keep help and version from answering", () => {
    const env = { JOB_CONTROLLER_LOG_LEVEL: "junk", JOB_CONTROLLER_TOKN: "x" };
    assert.deepEqual(parseConfig(["--help"], env), { command: "help", topic: undefined });
  });
});
