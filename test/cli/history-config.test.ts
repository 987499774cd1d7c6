import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseConfig } from "../../src/cli/commands.ts";
import { COMMANDS } from "../../src/cli/flags.ts";
import type { HistoryConfig } from "../../src/cli/history-config.ts";
import type { Environment } from "../../src/cli/settings.ts";
import { BEARER, EXCHANGE, refusal, runOf, SEED, SERVER } from "../support/command-line.ts";

function historyOf(argv: readonly string[], env: Environment = {}): HistoryConfig {
  const config = parseConfig(["history", ...argv], env);
  if (config.command !== "history") throw new Error(`expected history, got ${config.command}`);
  return config;
}

describe("historyConfig()", () => {
  test("shows the newest 50 of all, as a table, from a server that is verified", () => {
    assert.deepEqual(historyOf(BEARER), {
      command: "history",
      repository: undefined,
      outcome: undefined,
      sinceMs: undefined,
      limit: 50,
      output: "table",
      namespaces: [],
      apiVersion: "v0alpha1",
      apiVersionNamed: false,
      credential: { kind: "bearer", path: "/grafana" },
      server: "https://localhost:6446",
      tls: { insecure: false, insecureNamed: false },
      allowPlaintextToken: false,
    });
  });

  test("selects", () => {
    const { repository, outcome, sinceMs, limit, output, namespaces } = historyOf([
      ...BEARER, "--repository=Team.a-1", "--outcome=warning", "--since=36h", "--limit", "10000", "-o", "wide", "-n", "a", "--namespace=b", "-n", "a",
    ]);
    assert.deepEqual([repository, outcome, sinceMs, limit, output, namespaces], ["Team.a-1", "warning", 36 * 3_600_000, 10_000, "wide", ["a", "b"]]);
  });

  test("takes variables that are about history, and those of run for the way to the server", () => {
    const env = {
      JOB_CONTROLLER_HISTORY_REPOSITORY: "demo", JOB_CONTROLLER_HISTORY_OUTCOME: "error", JOB_CONTROLLER_HISTORY_SINCE: "1h",
      JOB_CONTROLLER_HISTORY_LIMIT: "7", JOB_CONTROLLER_HISTORY_OUTPUT: "json", JOB_CONTROLLER_NAMESPACE: "a,b",
      JOB_CONTROLLER_REPOSITORY: "of-the-dev-server", JOB_CONTROLLER_OUTPUT: "text",
      JOB_CONTROLLER_TOKEN: "secret", JOB_CONTROLLER_TOKEN_EXCHANGE_URL: "https://exchange.test/", JOB_CONTROLLER_PROVISIONING_SERVER_URL: "https://grafana.test",
      JOB_CONTROLLER_TLS_CA_FILE: "/ca", JOB_CONTROLLER_TLS_SERVER_NAME: "name",
    };
    const { repository, outcome, sinceMs, limit, output, namespaces, server, tls, credential } = historyOf([], env);
    assert.deepEqual([repository, outcome, sinceMs, limit, output, namespaces], ["demo", "error", 3_600_000, 7, "json", ["a", "b"]]);
    assert.deepEqual([server, tls, credential.kind], [
      "https://grafana.test", { insecure: false, insecureNamed: false, caFile: "/ca", serverName: "name" }, "exchange",
    ]);
  });

  for (const [what, argv, insecure] of [
    ["verifies", [], false],
    ["verifies against a CA", ["--tls-ca-file=/ca"], false],
    ["verifies when told so", ["--tls-insecure=false"], false],
    ["does not when told so", ["--tls-insecure"], true],
  ] as const) {
    test(`${what}: ${argv.join(" ") || "no flag"}`, () => assert.equal(historyOf([...BEARER, ...argv]).tls.insecure, insecure));
  }

  test("leaves the default of run as it was", () => assert.equal(runOf(SEED).tls.insecure, true));

  test("shares with run every flag of credential and TLS, but for that default", () => {
    const wayOf = (name: "run" | "history") =>
      COMMANDS[name].flags.filter(({ group }) => /^(?:Credentials|TLS)/.test(group)).filter((flag) => flag.name !== "tls-insecure");
    assert.deepEqual(wayOf("history"), wayOf("run"));
  });

  const rows: [string, string[], string][] = [
    ["no credential", [SERVER], "Missing credential: expected exactly one of --token, --token-file (each with --token-exchange-url), --bearer-token-file and --kubeconfig"],
    ["no server", ["--token=a", EXCHANGE], "Missing --provisioning-server-url: expected the provisioning API's base URL, such as https://localhost:6446"],
    ["another outcome", [...BEARER, "--outcome=failed"], 'Cannot parse --outcome "failed": expected one of success, warning, error'],
    ["a bare number of hours", [...BEARER, "--since=24"], 'Cannot parse --since "24": expected a duration such as 30s, 15m or 24h; did you mean 24s?'],
    ["no time at all", [...BEARER, "--since=0"], 'Cannot use --since "0": expected more than zero'],
    ["too many", [...BEARER, "--limit=10001"], 'Cannot parse --limit "10001": expected a whole number from 1 to 10000'],
    ["none", [...BEARER, "--limit=0"], 'Cannot parse --limit "0": expected a whole number from 1 to 10000'],
    ["another form", [...BEARER, "-o", "yaml"], 'Cannot parse --output "yaml": expected one of table, wide, json'],
    ["a path as repository", [...BEARER, "--repository=a/b"], 'Cannot parse --repository "a/b": expected one name, of at most 253 letters, digits, "-" and "."'],
    ["several repositories", [...BEARER, "--repository=a,b"], 'Cannot parse --repository "a,b": expected one name, of at most 253 letters, digits, "-" and "."'],
    ["a flag of run", [...BEARER, "--history-expiration=1h"], 'Unknown flag --history-expiration: it belongs to "job-controller run"'],
    ["a word", [...BEARER, "error"], 'Unexpected argument "error": "job-controller history" takes flags only'],
    ["CA and no verification", [...BEARER, "--tls-ca-file=/ca", "--tls-insecure"], "Cannot combine --tls-insecure with --tls-ca-file: expected either verification against that CA or none"],
  ];
  for (const [what, argv, message] of rows) test(`refuses ${what}`, () => assert.equal(refusal(["history", ...argv]), message));
});
