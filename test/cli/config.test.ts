import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseConfig } from "../../src/cli/commands.ts";
import { NAMESPACES_MAX, runConfig } from "../../src/cli/config.ts";
import { API_VERSIONS } from "../../src/provisioning.ts";
import { API_VERSION_NAMES, SHELLS } from "../../src/cli/flags.ts";
import { Secret } from "../../src/base/secret.ts";
import { BEARER, refusal, runOf, SEED, SERVER } from "../support/command-line.ts";

describe("runConfig()", () => {
  test("reads the original's command, every default in place", () => {
    const { credential, ...rest } = runOf(SEED);
    assert.ok(credential.kind === "exchange" && credential.token.kind === "value");
    assert.equal(credential.token.value.reveal(), "ProvisioningAdminToken");
    assert.equal(credential.exchangeUrl, "http://localhost:6481/sign/access-token");
    assert.deepEqual(rest, {
      command: "run",
      server: "https://localhost:6446",
      tls: { insecure: true, insecureNamed: false },
      historyExpirationMs: 0,
      historySweepIntervalMs: undefined,
      historyDeleteRate: 100,
      namespaces: [],
      apiVersion: "v0alpha1",
      apiVersionNamed: false,
      resyncIntervalMs: 60_000,
      startupTimeoutMs: 0,
      shutdownTimeoutMs: 25_000,
      healthAddress: { host: "", port: 8081 },
      healthAddressNamed: false,
      logFormat: "json",
      logLevel: "info",
      dryRun: false,
      allowPlaintextToken: false,
      drive: {
        workers: [],
        workerEnv: [],
        drivers: 3,
        jobTimeoutMs: 1_200_000,
        jobIntervalMs: 30_000,
        maxAttempts: 5,
        onExpired: "requeue",
        leaseValidityMs: 25_000,
        leaseRenewalMs: 8_000,
        leaseExpiryMs: 60_000,
        claimSettleMs: 0,
      },
    });
  });

  test("reads the same with the command named, and with one dash", () => {
    assert.deepEqual(runOf(["run", ...SEED]), runOf(SEED));
    assert.deepEqual(runOf(SEED.map((word) => word.slice(1))), runOf(SEED));
  });

  test("reads the original's TLS examples", () => {
    assert.deepEqual(runOf([...SEED, "--tls-insecure=false", "--tls-ca-file=/path/to/ca-cert.pem"]).tls, {
      insecure: false, insecureNamed: true, caFile: "/path/to/ca-cert.pem",
    });
    const mutual = ["--tls-insecure=false", "--tls-ca-file=/ca.pem", "--tls-cert-file=/cert.pem", "--tls-key-file=/key.pem"];
    assert.deepEqual(runOf([...SEED, ...mutual]).tls, {
      insecure: false, insecureNamed: true, caFile: "/ca.pem", certFile: "/cert.pem", keyFile: "/key.pem",
    });
    assert.deepEqual(runOf([...SEED, "--tls-insecure=true"]).tls, { insecure: true, insecureNamed: true });
  });

  test("reads every other flag", () => {
    const config = runOf([
      ...SEED, "--history-expiration=1h30m", "--history-sweep-interval=90s", "--history-delete-rate=0.5", "-n", "org-2", "-n=default",
      "--namespace=org-2", "--api-version=v1beta1", "--resync-interval=5s", "--startup-timeout=2m", "--shutdown-timeout=0",
      "--health-probe-bind-address=[::1]:9000", "--log-format=pretty", "--log-level=debug", "--dry-run", "--allow-plaintext-token",
      "--tls-server-name=api.internal", "--token-exchange-ca-file=/x.pem", "--token-exchange-url=https://auth.example.com/v1/sign/",
    ]);
    assert.equal(config.historyExpirationMs, 5_400_000);
    assert.equal(config.historySweepIntervalMs, 90_000);
    assert.equal(config.historyDeleteRate, 0.5);
    assert.deepEqual(config.namespaces, ["org-2", "default"]);
    assert.deepEqual([config.apiVersion, config.apiVersionNamed], ["v1beta1", true]);
    assert.deepEqual([config.resyncIntervalMs, config.startupTimeoutMs, config.shutdownTimeoutMs], [5_000, 120_000, 0]);
    assert.deepEqual([config.healthAddress, config.healthAddressNamed], [{ host: "::1", port: 9000 }, true]);
    assert.deepEqual([config.logFormat, config.logLevel, config.dryRun, config.allowPlaintextToken], ["pretty", "debug", true, true]);
    assert.equal(config.tls.serverName, "api.internal");
    assert.ok(config.credential.kind === "exchange");
    assert.equal(config.credential.exchangeCaFile, "/x.pem");
    assert.equal(config.credential.exchangeUrl, "https://auth.example.com/v1/sign/");
  });

  test("takes the last of several values, and every one of a list", () => {
    const config = runConfig([...SEED, "--log-level=debug", "--tls-ca-file=/a", "--log-level=warn", "--tls-ca-file=/b", "-n=a", "-n=b"], {});
    assert.deepEqual([config.logLevel, config.tls.caFile, config.namespaces], ["warn", "/b", ["a", "b"]]);
  });

  test("verifies as soon as a CA is given, and with a kubeconfig", () => {
    assert.deepEqual(runOf([...SEED, "--tls-ca-file=/ca.pem"]).tls, { insecure: false, insecureNamed: false, caFile: "/ca.pem" });
    assert.equal(runOf(["--kubeconfig=/k"]).tls.insecure, false);
    assert.equal(runOf([...BEARER, "--tls-cert-file=/c", "--tls-key-file=/k"]).tls.insecure, true);
  });

  test("switches pruning off for zero and less", () => {
    for (const text of ["0", "0s", "-1s", "-24h"]) assert.equal(runOf([...SEED, `--history-expiration=${text}`]).historyExpirationMs, 0);
    assert.equal(runOf([...SEED, "--history-expiration", "-1s"]).historyExpirationMs, 0);
    assert.equal(runOf([...SEED, "--history-expiration=1ns"]).historyExpirationMs, 0.000001);
  });

  const addresses: [string, { host: string; port: number } | undefined][] = [
    [":8081", { host: "", port: 8081 }], ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }], ["localhost:65535", { host: "localhost", port: 65_535 }],
    ["[::]:80", { host: "::", port: 80 }], ["0", undefined], ["", undefined],
  ];
  for (const [text, expected] of addresses) {
    test(`reads the address "${text}"`, () => assert.deepEqual(runOf([...SEED, `--health-probe-bind-address=${text}`]).healthAddress, expected));
  }

  const urls: [string, string][] = [
    ["https://localhost:6446/", "https://localhost:6446"], ["https://grafana.example.com/sub/path//", "https://grafana.example.com/sub/path"],
    ["HTTPS://API.example.com:443", "https://api.example.com"], ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://[::1]:8080/x", "http://[::1]:8080/x"], ["http://api.localhost", "http://api.localhost"],
  ];
  for (const [text, expected] of urls) {
    test(`reads the server ${text}`, () => assert.equal(runOf(["--bearer-token-file=/t", `--provisioning-server-url=${text}`]).server, expected));
  }

  test("knows the versions that provisioning.ts knows", () => assert.deepEqual([...API_VERSION_NAMES], [...API_VERSIONS]));
});

describe("a value that breaks its rule is refused", () => {
  const DURATION = "expected a duration such as 30s, 15m or 24h";
  const NAMESPACE = 'expected a namespace of at most 63 lower-case letters, digits and "-"';
  const URL_RULE = "expected an http or https URL such as https://localhost:6446";
  const ADDRESS = "expected host:port, :port, or 0 to switch it off";
  const rows: [string, string][] = [
    ["--history-expiration=3x", `Cannot parse --history-expiration "3x": ${DURATION}`],
    ["--history-expiration=30", `Cannot parse --history-expiration "30": ${DURATION}; did you mean 30s?`],
    ["--history-expiration=1d", `Cannot parse --history-expiration "1d": ${DURATION}; did you mean 24h?`],
    ["--history-expiration=2 weeks", `Cannot parse --history-expiration "2 weeks": ${DURATION}; did you mean 336h?`],
    ["--history-expiration=1h 30m", `Cannot parse --history-expiration "1h 30m": ${DURATION}; did you mean 1h30m?`],
    ["--history-expiration=5min", `Cannot parse --history-expiration "5min": ${DURATION}; did you mean 5m?`],
    ["--history-expiration=1H", `Cannot parse --history-expiration "1H": ${DURATION}; did you mean 1h?`],
    ["--history-expiration=10 seconds", `Cannot parse --history-expiration "10 seconds": ${DURATION}; did you mean 10s?`],
    ["--history-expiration=9999999h", `Cannot parse --history-expiration "9999999h": ${DURATION}`],
    ["--resync-interval=999ms", 'Cannot use --resync-interval "999ms": expected at least 1s'],
    ["--resync-interval=0", 'Cannot use --resync-interval "0": expected at least 1s'],
    ["--history-sweep-interval=0", 'Cannot use --history-sweep-interval "0": expected at least 1s'],
    ["--startup-timeout=-1s", 'Cannot use --startup-timeout "-1s": expected zero or more'],
    ["--shutdown-timeout=-1s", 'Cannot use --shutdown-timeout "-1s": expected zero or more'],
    ["--history-delete-rate=-1", 'Cannot parse --history-delete-rate "-1": expected a number per second, 0 or more'],
    ["--history-delete-rate=1e3", 'Cannot parse --history-delete-rate "1e3": expected a number per second, 0 or more'],
    ["--history-delete-rate=50/s", 'Cannot parse --history-delete-rate "50/s": expected a number per second, 0 or more; did you mean 50?'],
    ["--history-delete-rate=Infinity", 'Cannot parse --history-delete-rate "Infinity": expected a number per second, 0 or more'],
    ["--api-version=v1", 'Cannot parse --api-version "v1": expected v0alpha1 or v1beta1; did you mean v1beta1?'],
    ["--log-format=yaml", 'Cannot parse --log-format "yaml": expected json or pretty'],
    ["--log-level=warning", 'Cannot parse --log-level "warning": expected one of debug, info, warn, error'],
    ["--log-level=INFO", 'Cannot parse --log-level "INFO": expected one of debug, info, warn, error; did you mean info?'],
    ["--namespace=Default", `Cannot parse --namespace "Default": ${NAMESPACE}; did you mean default?`],
    ["--namespace=a,b", 'Cannot parse --namespace "a,b": expected one value; repeat the flag for more'],
    ["--namespace=-a", `Cannot parse --namespace "-a": ${NAMESPACE}`],
    [`--namespace=${"a".repeat(64)}`, `Cannot parse --namespace "${"a".repeat(64)}": ${NAMESPACE}`],
    ["--namespace=*", 'Cannot parse --namespace "*": expected a namespace; leave the flag out to watch all'],
    ["--namespace=../x", `Cannot parse --namespace "../x": ${NAMESPACE}`],
    ["--health-probe-bind-address=8081", `Cannot parse --health-probe-bind-address "8081": ${ADDRESS}; did you mean :8081?`],
    ["--health-probe-bind-address=:65536", `Cannot parse --health-probe-bind-address ":65536": ${ADDRESS}`],
    ["--health-probe-bind-address=::1:80", `Cannot parse --health-probe-bind-address "::1:80": ${ADDRESS}`],
    ["--provisioning-server-url=localhost:6446", `Cannot parse --provisioning-server-url "localhost:6446": ${URL_RULE}; did you mean https://localhost:6446?`],
    ["--provisioning-server-url=api.example.com", `Cannot parse --provisioning-server-url "api.example.com": ${URL_RULE}`],
    ["--provisioning-server-url=ftp://x", `Cannot parse --provisioning-server-url "ftp://x": ${URL_RULE}`],
    ["--provisioning-server-url=https:/x", `Cannot parse --provisioning-server-url "https:/x": ${URL_RULE}`],
    ["--provisioning-server-url=https://", `Cannot parse --provisioning-server-url "https://": ${URL_RULE}`],
    ["--provisioning-server-url=https://a b", `Cannot parse --provisioning-server-url "https://a b": ${URL_RULE}`],
    ["--provisioning-server-url=https://a\tb", `Cannot parse --provisioning-server-url "https://a\\tb": ${URL_RULE}`],
    ["--provisioning-server-url=https://x:99999", `Cannot parse --provisioning-server-url "https://x:99999": ${URL_RULE}`],
    ["--provisioning-server-url=https://me:S3CRET@x", 'Cannot parse --provisioning-server-url "https://…@x": expected a URL without user and password'],
    ["--provisioning-server-url=https://me:S3/C?RET@x", `Cannot parse --provisioning-server-url "https://…@x": ${URL_RULE}`],
    ["--provisioning-server-url=me:S3CRET@x", `Cannot parse --provisioning-server-url "…@x": ${URL_RULE}`],
    ["--provisioning-server-url=https://x/?token=S3CRET", 'Cannot parse --provisioning-server-url "https://x/?…": expected a URL without "?" and "#"'],
    ["--provisioning-server-url=https://x/#S3CRET", 'Cannot parse --provisioning-server-url "https://x/#…": expected a URL without "?" and "#"'],
    ["--provisioning-server-url=https://x/apis/provisioning.grafana.app",
      'Cannot parse --provisioning-server-url "https://x/apis/provisioning.grafana.app": expected the server\'s base URL, without /apis'],
    ["--log-level=\u001b[31m\u009b\u202e", 'Cannot parse --log-level "\\u001b[31m\\u009b\\u202e": expected one of debug, info, warn, error'],
    [`--log-level=${"x".repeat(500)}`, `Cannot parse --log-level "${"x".repeat(120)}…": expected one of debug, info, warn, error`],
  ];
  for (const [word, message] of rows) {
    const base = word.startsWith("--provisioning") ? ["--bearer-token-file=/t"] : SEED;
    test(word.slice(0, 80), () => assert.equal(refusal([...base, word]), message));
  }

  test("before anything that is missing", () => {
    assert.equal(refusal(["--history-expiration=3x"]), `Cannot parse --history-expiration "3x": ${DURATION}`);
  });
});

describe("flags that do not go together are refused", () => {
  const rows: [string, string[], string][] = [
    ["no server", SEED.slice(0, 2), "Missing --provisioning-server-url: expected the provisioning API's base URL, such as https://localhost:6446"],
    ["insecure and a CA", [...SEED, "--tls-insecure=true", "--tls-ca-file=/ca.pem"],
      "Cannot combine --tls-insecure with --tls-ca-file: expected either verification against that CA or none"],
    ["a certificate without its key", [...SEED, "--tls-cert-file=/c.pem"], 'Missing --tls-key-file: expected with --tls-cert-file "/c.pem"'],
    ["a key without its certificate", [...SEED, "--tls-key-file=/k.pem"], 'Missing --tls-cert-file: expected with --tls-key-file "/k.pem"'],
    ...["--tls-ca-file=/x", "--tls-cert-file=/x", "--tls-key-file=/x", "--tls-server-name=x", "--tls-insecure=false"].map((word): [string, string[], string] => [
      `http and ${word}`, ["--bearer-token-file=/t", "--provisioning-server-url=http://localhost:80", word],
      `Cannot combine ${word.split("=")[0]} with "http://localhost": expected an https URL where TLS flags are given`,
    ]),
    ["a kubeconfig and a CA", ["--kubeconfig=/k", "--tls-ca-file=/ca.pem"],
      "Cannot combine --kubeconfig with --tls-ca-file: the kubeconfig file holds the TLS settings"],
    ["http to another host", ["--bearer-token-file=/t", "--provisioning-server-url=http://api.example.com/"],
      'Cannot use --provisioning-server-url "http://api.example.com": expected https, as a credential would cross the network readable; ' +
      "give --allow-plaintext-token to send it all the same"],
    ["http to a name that only starts like loopback", ["--bearer-token-file=/t", "--provisioning-server-url=http://127.0.0.1.example.com"],
      'Cannot use --provisioning-server-url "http://127.0.0.1.example.com": expected https, as a credential would cross the network readable; ' +
      "give --allow-plaintext-token to send it all the same"],
    ["an exchange over http to another host", [SERVER, "--token=a", "--token-exchange-url=http://10.0.0.1/sign"],
      'Cannot use --token-exchange-url "http://10.0.0.1/sign": expected https, as a credential would cross the network readable; ' +
      "give --allow-plaintext-token to send it all the same"],
    ["too many namespaces", [...SEED, ...Array.from({ length: NAMESPACES_MAX + 1 }, (_, index) => `--namespace=n${index}`)],
      "Cannot watch 101 namespaces: expected at most 100, as each is a watch of its own; " +
      "leave --namespace out to watch all of them in one, or share them among several controllers"],
  ];
  for (const [what, argv, message] of rows) test(what, () => assert.equal(refusal(argv), message));

  test("while the flag that allows plain text lets it pass", () => {
    const argv = ["--token=a", "--token-exchange-url=http://10.0.0.1/sign", "--provisioning-server-url=http://api.example.com", "--allow-plaintext-token"];
    assert.equal(runOf(argv).server, "http://api.example.com");
    assert.deepEqual(runOf(argv).tls, { insecure: false, insecureNamed: false });
  });

  test("while a hundred namespaces pass, and a repeated one counts once", () => {
    const names = Array.from({ length: NAMESPACES_MAX }, (_, index) => `n${index}`);
    assert.deepEqual(runOf([...SEED, ...[...names, ...names].map((name) => `--namespace=${name}`)]).namespaces, names);
  });

  test("while an explicit false goes with a CA, and the last of two switches counts", () => {
    assert.equal(runOf([...SEED, "--tls-insecure", "--no-tls-insecure", "--tls-ca-file=/ca.pem"]).tls.insecure, false);
    assert.equal(runOf([...SEED, "--no-tls-insecure", "--tls-insecure"]).tls.insecure, true);
  });
});

describe("devConfig()", () => {
  test("has the original's addresses and token as defaults", () => {
    assert.deepEqual(parseConfig(["dev"], {}), {
      command: "dev",
      apiAddress: "localhost:6446",
      exchangeAddress: "localhost:6481",
      adminAddress: "localhost:6447",
      token: new Secret("ProvisioningAdminToken"),
      bearerToken: undefined,
      mtls: "optional",
      stateDir: undefined,
      readyFile: undefined,
      printEnv: false,
      simulate: undefined,
      tokenLifetimeMs: 600_000,
      repositories: ["test6"],
      era: "2026-09",
      settings: [],
      listEras: false,
      faults: [],
      faultSeed: undefined,
      listFaults: false,
      logRequests: false,
    });
  });

  test("reads every flag", () => {
    const config = parseConfig([
      "dev", "--api-address=127.0.0.1:0", "--exchange-address=:7000", "--token=t", "--bearer-token=b", "--mtls=required", "--state-dir=/c", "--ready-file=/r",
      "--simulate=errors:10%", "--token-lifetime=30s", "--repository=a", "--repository=org-2/b", "--log-requests",
      "--era=kubernetes", "--set=page-size=3", "--set=gaps=event", "--list-eras",
      "--fault=cut:rst,lines=3", "--fault", "lose", "--fault-seed=7", "--list-faults", "--admin-address=[::1]:7001",
    ], {});
    assert.ok(config.command === "dev");
    assert.equal(config.token.reveal(), "t");
    assert.equal(config.bearerToken?.reveal(), "b");
    assert.deepEqual({ ...config, token: 0, bearerToken: 0 }, {
      command: "dev", apiAddress: "127.0.0.1:0", exchangeAddress: ":7000", adminAddress: "[::1]:7001", token: 0, bearerToken: 0, mtls: "required", stateDir: "/c",
      readyFile: "/r", printEnv: false,
      simulate: "errors:10%", tokenLifetimeMs: 30_000, repositories: ["a", "org-2/b"], era: "kubernetes",
      settings: ["page-size=3", "gaps=event"], listEras: true, logRequests: true,
      faults: ["cut:rst,lines=3", "lose"], faultSeed: 7, listFaults: true,
    });
  });

  test("gives the admin address any port where the API has one, unless it is named; 0 switches it off", () => {
    const admin = (...argv: string[]) => {
      const config = parseConfig(["dev", ...argv], {});
      return config.command === "dev" && config.adminAddress;
    };
    assert.equal(admin("--port=0"), "localhost:0");
    assert.equal(admin("--api-address=127.0.0.1:0"), "localhost:0");
    assert.equal(admin("--api-address=127.0.0.1:0", "--admin-address=localhost:6447"), "localhost:6447");
    assert.equal(admin("--port=7000"), "localhost:6447");
    assert.equal(admin("--admin-address=0"), undefined);
    assert.equal(refusal(["dev", "--admin-address=x"]), 'Cannot parse --admin-address "x": expected host:port, :port, or 0 to switch it off');
  });

  test("lets --port=0 win over the addresses of a server that the environment names", () => {
    const env = { JOB_CONTROLLER_ADMIN_ADDRESS: "localhost:40001", JOB_CONTROLLER_EXCHANGE_ADDRESS: "127.0.0.1:40002" };
    const addresses = (argv: string[], more: Record<string, string> = {}) => {
      const config = parseConfig(["dev", ...argv], { ...env, ...more });
      return config.command === "dev" && [config.adminAddress, config.exchangeAddress];
    };
    assert.deepEqual(addresses(["--port=0"]), ["localhost:0", "127.0.0.1:0"]);
    assert.deepEqual(addresses(["--port=7000"]), ["localhost:40001", "127.0.0.1:40002"]);
    assert.deepEqual(addresses(["--port=0", "--admin-address=localhost:1"]), ["localhost:1", "127.0.0.1:0"]);
    assert.deepEqual(addresses([], { JOB_CONTROLLER_DEV_PORT: "0" }), ["localhost:40001", "127.0.0.1:40002"]);
    assert.deepEqual(addresses(["--port=0"], { JOB_CONTROLLER_ADMIN_ADDRESS: "0" }), [undefined, "127.0.0.1:0"]);
  });

  test("refuses an address that is off, a short life, a bad repository, an unknown mode", () => {
    for (const text of ["0", "x"]) {
      assert.equal(refusal(["dev", `--api-address=${text}`]), `Cannot parse --api-address "${text}": expected host:port or :port`);
    }
    assert.equal(refusal(["dev", "--token-lifetime=1ms"]), 'Cannot use --token-lifetime "1ms": expected at least 1s');
    assert.equal(refusal(["dev", "--repository=a/b/c"]),
      'Cannot parse --repository "a/b/c": expected a name or namespace/name of lower-case letters, digits and "-"');
    assert.equal(refusal(["dev", "--mtls=requird"]), 'Cannot parse --mtls "requird": expected one of off, optional, required; did you mean required?');
    assert.equal(refusal(["dev", "--fault-seed=4294967296"]), 'Cannot parse --fault-seed "4294967296": expected a whole number below 4294967296');
  });

  for (const [flags, api, exchange] of [
    [["--port=7000"], "localhost:7000", "localhost:6481"],
    [["--port=0"], "localhost:0", "localhost:0"],
    [["--port=0", "--api-address=[::1]:1", "--exchange-address=127.0.0.1:5"], "[::1]:0", "127.0.0.1:5"],
  ] as const) {
    test(`with ${flags.join(" ")} the API is at ${api}, the exchange at ${exchange}`, () => {
      const config = parseConfig(["dev", ...flags], {});
      assert.ok(config.command === "dev");
      assert.deepEqual([config.apiAddress, config.exchangeAddress], [api, exchange]);
    });
  }

  test("refuses a port that is none, and --print-env without a file", () => {
    assert.throws(() => parseConfig(["dev", "--port=70000"], {}), { message: /^Cannot parse --port "70000": expected a port from 0 to 65535/ });
    assert.throws(() => parseConfig(["dev", "--print-env"], {}), { message: /^Cannot use --print-env alone: expected --ready-file=<file>/ });
  });
});

describe("readyConfig()", () => {
  const rows: [string[], string][] = [
    [[], "http://127.0.0.1:8081/readyz"],
    [["--health-probe-bind-address=:9000"], "http://127.0.0.1:9000/readyz"],
    [["--health-probe-bind-address=0.0.0.0:9000"], "http://127.0.0.1:9000/readyz"],
    [["--health-probe-bind-address=[::]:9000"], "http://[::1]:9000/readyz"],
    [["--health-probe-bind-address=10.1.2.3:9000"], "http://10.1.2.3:9000/readyz"],
  ];
  for (const [argv, url] of rows) {
    test(`asks ${url} for ${argv[0] ?? "the default"}`, () => {
      assert.deepEqual(parseConfig(["ready", ...argv], {}), { command: "ready", url, timeoutMs: 5_000 });
    });
  }

  test("finds the address that run has from the environment", () => {
    const env = { JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS: "127.0.0.1:9999", JOB_CONTROLLER_TIMEOUT: "300ms" };
    assert.deepEqual(parseConfig(["ready"], env), { command: "ready", url: "http://127.0.0.1:9999/readyz", timeoutMs: 300 });
  });

  test("refuses where nothing can be asked", () => {
    assert.equal(refusal(["ready", "--health-probe-bind-address=0"]), 'Cannot parse --health-probe-bind-address "0": expected host:port or :port');
    assert.equal(refusal(["ready", "--health-probe-bind-address=:0"]), 'Cannot use --health-probe-bind-address ":0": expected the port that run listens on');
    assert.equal(refusal(["ready", "--timeout=0"]), 'Cannot use --timeout "0": expected at least 1ms');
  });
});

describe("versionConfig()", () => {
  test("reads the form of the answer", () => {
    assert.deepEqual(parseConfig(["version"], {}), { command: "version", output: "text" });
    for (const argv of [["-o", "json"], ["-o=json"], ["--output=json"], ["-output", "json"]]) {
      assert.deepEqual(parseConfig(["version", ...argv], {}), { command: "version", output: "json" });
    }
    assert.equal(refusal(["version", "-o=yaml"]), 'Cannot parse --output "yaml": expected text or json');
  });
});

describe("completionConfig()", () => {
  test("takes the name of a shell that there is a script for", () => {
    for (const shell of SHELLS) assert.deepEqual(parseConfig(["completion", shell], {}), { command: "completion", shell });
    assert.equal(refusal(["completion"]), 'Missing <bash|zsh|fish> behind "job-controller completion"');
    assert.equal(refusal(["completion", "tcsh"]), 'Cannot parse <shell> "tcsh": expected one of bash, zsh, fish');
    assert.equal(refusal(["completion", "zhs"]), 'Cannot parse <shell> "zhs": expected one of bash, zsh, fish; did you mean zsh?');
    assert.equal(refusal(["completion", "bash", "zsh"]), 'Unexpected argument "zsh": "job-controller completion" takes one shell');
  });
});
