import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { UsageError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import { EXCHANGE, refusal, runOf, SERVER } from "../support/command-line.ts";

const exchangeUrl = "http://localhost:6481/sign/access-token";
const RULE = "exactly one of --token, --token-file (each with --token-exchange-url), --bearer-token-file and --kubeconfig";

describe("credentialOf()", () => {
  test("takes a token, a token file or standard input with the exchange", () => {
    assert.deepEqual(runOf([SERVER, EXCHANGE, "--token=a"]).credential, {
      kind: "exchange", token: { kind: "value", value: new Secret("a") }, exchangeUrl,
    });
    assert.deepEqual(runOf([SERVER, EXCHANGE, "--token-file=/t"]).credential, { kind: "exchange", token: { kind: "file", path: "/t" }, exchangeUrl });
    assert.deepEqual(runOf([SERVER, EXCHANGE, "--token-file", "-"]).credential, { kind: "exchange", token: { kind: "file", path: "-" }, exchangeUrl });
  });

  test("takes a bearer file", () => {
    assert.deepEqual(runOf([SERVER, "--bearer-token-file=/b"]).credential, { kind: "bearer", path: "/b" });
  });

  test("takes a kubeconfig with or without context and server", () => {
    assert.deepEqual(runOf(["--kubeconfig=/k"]).credential, { kind: "kubeconfig", path: "/k" });
    assert.equal(runOf(["--kubeconfig=/k"]).server, undefined);
    assert.deepEqual(runOf(["--kubeconfig=/k", "--context=c"]).credential, { kind: "kubeconfig", path: "/k", context: "c" });
    assert.equal(runOf(["--kubeconfig=/k", SERVER]).server, "https://localhost:6446");
  });

  test("takes the service manager's credential when there is no other", () => {
    const env = { CREDENTIALS_DIRECTORY: "/run/credentials/job-controller.service/" };
    const path = "/run/credentials/job-controller.service/token";
    assert.deepEqual(runOf([SERVER, EXCHANGE], env).credential, { kind: "exchange", token: { kind: "file", path }, exchangeUrl });
    assert.deepEqual(runOf([SERVER, EXCHANGE, "--token-file=/t"], env).credential, { kind: "exchange", token: { kind: "file", path: "/t" }, exchangeUrl });
    assert.deepEqual(runOf([SERVER, "--bearer-token-file=/b"], env).credential, { kind: "bearer", path: "/b" });
    assert.equal(refusal([SERVER], env),
      "Missing --token-exchange-url: expected with $CREDENTIALS_DIRECTORY/token, such as --token-exchange-url=http://localhost:6481/sign/access-token");
  });

  test("removes space around a token", () => {
    const { credential } = runOf([SERVER, EXCHANGE], { JOB_CONTROLLER_TOKEN: "abc\n" });
    assert.deepEqual(credential, { kind: "exchange", token: { kind: "value", value: new Secret("abc") }, exchangeUrl });
    assert.ok(credential.kind === "exchange" && credential.token.kind === "value" && credential.token.value.equals(new Secret("abc")));
  });

  test("keeps a token out of everything printed", () => {
    const config = runOf([SERVER, EXCHANGE, "--token=S3CRET"]);
    assert.ok(!JSON.stringify(config).includes("S3CRET"));
    assert.ok(!String(config.credential.kind === "exchange" && config.credential.token.kind === "value" && config.credential.token.value).includes("S3CRET"));
  });
});

describe("a mix of credentials is refused", () => {
  const env = { JOB_CONTROLLER_TOKEN: "a" };
  const rows: [string, string[], Record<string, string>, string][] = [
    ["none", [SERVER], {}, `Missing credential: expected ${RULE}`],
    ["no exchange for a token", [SERVER, "--token=a"], {},
      "Missing --token-exchange-url: expected with --token, such as --token-exchange-url=http://localhost:6481/sign/access-token"],
    ["no exchange for a file", [SERVER, "--token-file=a"], {},
      "Missing --token-exchange-url: expected with --token-file, such as --token-exchange-url=http://localhost:6481/sign/access-token"],
    ["an exchange alone", [SERVER, EXCHANGE], {}, `Missing credential: expected ${RULE}`],
    ["token and file", [SERVER, EXCHANGE, "--token=a", "--token-file=b"], {}, `Cannot combine --token with --token-file: expected ${RULE}`],
    ["token and bearer", [SERVER, EXCHANGE, "--token=a", "--bearer-token-file=b"], {}, `Cannot combine --token with --bearer-token-file: expected ${RULE}`],
    ["bearer and kubeconfig", [SERVER, "--bearer-token-file=b", "--kubeconfig=k"], {}, `Cannot combine --bearer-token-file with --kubeconfig: expected ${RULE}`],
    ["three at once", [SERVER, "--token=a", "--bearer-token-file=b", "--kubeconfig=k"], {},
      `Cannot combine --token with --bearer-token-file and --kubeconfig: expected ${RULE}`],
    ["bearer and exchange", [SERVER, EXCHANGE, "--bearer-token-file=b"], {},
      "Cannot combine --bearer-token-file with --token-exchange-url: the exchange is for --token and --token-file only"],
    ["kubeconfig and the exchange's CA", ["--kubeconfig=k", "--token-exchange-ca-file=c"], {},
      "Cannot combine --kubeconfig with --token-exchange-ca-file: the exchange is for --token and --token-file only"],
    ["a context alone", [SERVER, "--bearer-token-file=b", "--context=c"], {}, "Cannot use --context alone: expected --kubeconfig with it"],
    ["an exchange over http with a CA", [SERVER, EXCHANGE, "--token=a", "--token-exchange-ca-file=c"], {},
      'Cannot combine --token-exchange-ca-file with --token-exchange-url "http://localhost:6481/sign/access-token": ' +
      "expected an https URL where there is a CA to verify it against"],
    ["a flag and a variable", [SERVER, EXCHANGE, "--token-file=b"], env, `Cannot combine JOB_CONTROLLER_TOKEN with --token-file: expected ${RULE}`],
    ["a token that is only space", [SERVER, EXCHANGE], { JOB_CONTROLLER_TOKEN: " " },
      "Cannot use the value of JOB_CONTROLLER_TOKEN: expected one line of printable ASCII without spaces"],
  ];
  for (const [what, argv, variables, message] of rows) test(what, () => assert.equal(refusal(argv, variables), message));

  test("with the variable to unset as the next step", () => {
    assert.throws(
      () => parseConfig([SERVER, EXCHANGE, "--token-file=b"], env),
      (error) => error instanceof UsageError && error.hint === "JOB_CONTROLLER_TOKEN comes from the environment: unset it if it is not meant",
    );
  });
});
