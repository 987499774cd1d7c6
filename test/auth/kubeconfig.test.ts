import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { loadKubeconfig, type KubeconfigAccess } from "../../src/auth/kubeconfig.ts";
import { ConfigError } from "../../src/base/errors.ts";

const PATH = "/etc/clients/config";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Entry {
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
  context?: Record<string, unknown>;
}

/** A kubeconfig with one context `dev` of cluster `c` and user `u`. */
function config({ cluster = {}, user = {}, context = {} }: Entry = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "dev",
    clusters: [{ name: "c", cluster: { server: "https://localhost:6446", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "dev", context: { cluster: "c", user: "u", ...context } }],
  });
}

const load = (text: string | Error, context?: string, path = PATH): Promise<KubeconfigAccess> =>
  loadKubeconfig({
    path,
    context,
    readText: async (asked) => {
      assert.equal(asked, path);
      if (text instanceof Error) throw text;
      return text;
    },
  });

/** The bare message after the part that names file and context. */
async function refusal(entry: Entry): Promise<string> {
  const error = await load(config(entry)).then(
    () => assert.fail("expected a refusal"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError, String(error));
  const head = `Cannot use context "dev" of --kubeconfig "${PATH}": `;
  assert.equal(error.message.slice(0, head.length), head);
  return error.message.slice(head.length);
}

describe("loadKubeconfig() reads", () => {
  test("a file as kubectl writes it", async () => {
    const access = await load(`
apiVersion: v1
kind: Config
preferences: {}
current-context: prod
clusters:
- name: grafana
  cluster:
    server: https://prov.example:6446/
    certificate-authority-data: ${base64(PEM)}
    tls-server-name: provisioning.internal
users:
- name: robot
  user:
    client-certificate-data: ${base64("cert")}
    client-key-data: ${base64("key")}
    token: glsa_abc
contexts:
- name: prod
  context: {cluster: grafana, user: robot, namespace: stacks-7}
`);
    assert.ok(access.bearer !== undefined && "secret" in access.bearer);
    assert.equal(access.bearer.secret.reveal(), "glsa_abc");
    assert.equal(inspect(access.bearer), "{ secret: [redacted] }");
    const { bearer: _bearer, ...rest } = access;
    assert.deepEqual(rest, {
      context: "prod",
      server: "https://prov.example:6446",
      insecure: false,
      serverName: "provisioning.internal",
      ca: { text: PEM },
      cert: { text: "cert" },
      key: { text: "key" },
      namespace: "stacks-7",
    });
  });

  test("no more than server and context where there is no more", async () => {
    assert.deepEqual(await load(config({ context: { user: undefined } })), {
      context: "dev",
      server: "https://localhost:6446",
      insecure: false,
    });
    assert.deepEqual(await load(config({ user: { token: "" } })), {
      context: "dev",
      server: "https://localhost:6446",
      insecure: false,
    });
  });

  test("insecure-skip-tls-verify only where it is true", async () => {
    assert.equal((await load(config({ cluster: { "insecure-skip-tls-verify": true } }))).insecure, true);
    assert.equal((await load(config({ cluster: { "insecure-skip-tls-verify": false } }))).insecure, false);
  });

  test("another context where one is named", async () => {
    const text = JSON.stringify({
      "current-context": "a",
      clusters: [
        { name: "c1", cluster: { server: "https://one" } },
        { name: "c2", cluster: { server: "http://127.0.0.1:2" } },
      ],
      contexts: [
        { name: "a", context: { cluster: "c1" } },
        { name: "b", context: { cluster: "c2" } },
      ],
    });
    assert.equal((await load(text)).server, "https://one");
    assert.deepEqual(await load(text, "b"), { context: "b", server: "http://127.0.0.1:2", insecure: false });
  });

  test("paths from the folder of the file, not from the working directory", async () => {
    const entry = {
      cluster: { "certificate-authority": "pki/ca.crt" },
      user: { "client-certificate": "../c.pem", "client-key": "/abs/k.pem", tokenFile: "tok" },
    };
    const { ca, cert, key, bearer } = await load(config(entry));
    assert.deepEqual(
      { ca, cert, key, bearer },
      {
        ca: { file: "/etc/clients/pki/ca.crt" },
        cert: { file: "/etc/c.pem" },
        key: { file: "/abs/k.pem" },
        bearer: { file: "/etc/clients/tok" },
      },
    );
    assert.deepEqual((await load(config(entry), undefined, "config")).ca, { file: "pki/ca.crt" });
  });

  test("data before a path, but a token file before a token, as kubectl does", async () => {
    const access = await load(
      config({
        cluster: { "certificate-authority-data": base64(PEM), "certificate-authority": "ca.crt" },
        user: {
          token: "canary",
          tokenFile: "tok",
          "client-certificate-data": base64("c"),
          "client-certificate": "c.pem",
          "client-key": "k.pem",
        },
      }),
    );
    assert.deepEqual(
      [access.ca, access.cert, access.key, access.bearer],
      [{ text: PEM }, { text: "c" }, { file: "/etc/clients/k.pem" }, { file: "/etc/clients/tok" }],
    );
  });

  test("a token-file with a dash without opening it itself", async () => {
    assert.deepEqual((await load(config({ user: { "token-file": "not-there" } }))).bearer, { file: "/etc/clients/not-there" });
  });

  test("past broken entries that no one asked for", async () => {
    const text = JSON.stringify({
      "current-context": "dev",
      clusters: [{ name: "broken" }, null, { cluster: {} }, { name: "c", cluster: { server: "https://ok" } }],
      users: [null, { user: {} }, { name: "other" }],
      contexts: [{ name: "bad" }, { name: "dev", context: { cluster: "c", user: "other" } }],
    });
    assert.equal((await load(text)).server, "https://ok");
  });
});

describe("loadKubeconfig() refuses", () => {
  test("a file that cannot be read", async () => {
    await assert.rejects(load(Object.assign(new Error("x"), { code: "ENOENT" })), {
      name: "ConfigError",
      message: `Cannot read --kubeconfig "${PATH}": no such file`,
    });
  });

  test("a file that is no kubeconfig, and shows none of its lines", async () => {
    for (const [text, message] of [
      [
        "users:\n- name: u\n  user:\n  token: canary\n   bad: x: y",
        `Cannot read --kubeconfig "${PATH}": expected YAML, line 5 is not`,
      ],
      ["", `Cannot read --kubeconfig "${PATH}": expected YAML`],
      ["canary", `Cannot use --kubeconfig "${PATH}": expected a kubeconfig with clusters, users and contexts`],
      ["[canary]", `Cannot use --kubeconfig "${PATH}": expected a kubeconfig with clusters, users and contexts`],
      ["token: canary", `Cannot use --kubeconfig "${PATH}": expected a kubeconfig with clusters, users and contexts`],
      ["a: !canary b", `Cannot read --kubeconfig "${PATH}": expected YAML, line 1 is not`],
    ] as const) {
      const error = await load(text).then(
        () => assert.fail("expected a refusal"),
        (thrown: Error) => thrown,
      );
      assert.equal(error.message, message);
      assert.ok(error instanceof ConfigError);
      assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes("canary"), text);
    }
  });

  test("a context that is unknown, with those that are known", async () => {
    await assert.rejects(load(config(), "prod"), {
      message: `Cannot use --kubeconfig "${PATH}": it has no complete context "prod"; give --context, one of "dev"`,
    });
    const many = JSON.stringify({
      clusters: [],
      contexts: Array.from({ length: 13 }, (_, at) => ({ name: `c${at}`, context: { cluster: "c" } })),
    });
    await assert.rejects(load(many), {
      message: `Cannot use --kubeconfig "${PATH}": it has no current-context; give --context, one of ${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `"c${at}"`).join(", ")} and 3 more`,
    });
    await assert.rejects(load("contexts: []"), {
      message: `Cannot use --kubeconfig "${PATH}": it has no context that names a cluster; add one`,
    });
  });

  test("a context whose cluster or user is missing", async () => {
    assert.equal(
      await refusal({ context: { cluster: "x" } }),
      'the file has no cluster "x" with a server; correct the context, or choose another of "dev"',
    );
    assert.equal(
      await refusal({ cluster: { server: "" } }),
      'the file has no cluster "c" with a server; correct the context, or choose another of "dev"',
    );
    assert.equal(
      await refusal({ context: { user: "x" } }),
      'the file has no user "x"; correct the context, or choose another of "dev"',
    );
  });

  test("a server that is no plain URL", async () => {
    for (const server of ["localhost:6446", "ftp://x", "https://me:canary@x"]) {
      assert.equal(
        await refusal({ cluster: { server } }),
        'server of cluster "c" is not usable: expected an http or https URL without user and password',
      );
    }
  });

  const advice = "put a token into a file and give --bearer-token-file with --provisioning-server-url";
  const rows: [name: string, entry: Entry, message: string][] = [
    [
      "an exec plugin",
      { user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "aws", args: ["canary"] } } },
      `user "u" gets its credential from an exec plugin, which is not run; ${advice}`,
    ],
    [
      "an auth-provider",
      { user: { "auth-provider": { name: "oidc", config: { "refresh-token": "canary" } } } },
      `user "u" gets its credential from an auth-provider, which is not supported; ${advice}`,
    ],
    [
      "a password",
      { user: { username: "me", password: "canary" } },
      `user "u" has a user name and password, which is not supported; ${advice}`,
    ],
    ["impersonation", { user: { as: "root" } }, 'user "u" acts as another user, which is not supported; remove its "as" fields'],
    [
      "impersonated groups",
      { user: { "as-groups": ["root"] } },
      'user "u" acts as another user, which is not supported; remove its "as" fields',
    ],
    [
      "a proxy",
      { cluster: { "proxy-url": "http://me:canary@proxy" } },
      'proxy-url of cluster "c" is not supported; set HTTPS_PROXY instead and remove it',
    ],
    [
      "a CA with verification off",
      { cluster: { "certificate-authority": "ca", "insecure-skip-tls-verify": true } },
      'cluster "c" has both a certificate-authority and insecure-skip-tls-verify; remove one of them',
    ],
    [
      "a certificate without key",
      { user: { "client-certificate": "c.pem" } },
      'user "u" has a client certificate without its key; add the other one',
    ],
    [
      "a key without certificate",
      { user: { "client-key-data": base64("canary") } },
      'user "u" has a client key without its certificate; add the other one',
    ],
    ["a token that YAML reads as a number", { user: { token: 12345 } }, 'token of user "u" is not text; put it in quotes'],
  ];
  for (const [name, entry, message] of rows) {
    test(name, async () => assert.equal(await refusal(entry), message));
  }

  test("a token that no header can hold, by its place", async () => {
    await assert.rejects(load(config({ user: { token: "can ary" } })), {
      name: "ConfigError",
      message: `Cannot use the token of user "u" in --kubeconfig "${PATH}": expected one line of printable ASCII without spaces`,
    });
  });
});
