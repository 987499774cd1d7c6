// A secret becomes a token, the token a header; both are replaced in time, and no job is told twice over it.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { ApiError, ConfigError, NetworkError, TimeoutError, TokenError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { fastClock } from "../support/fast-clock.ts";
import { Flow, isList, isWatch } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const UNAUTHORIZED = { kind: "Status", status: "Failure", reason: "Unauthorized", message: "Unauthorized", code: 401 };

function exchanges(flow: Flow): number {
  return flow.requests(({ server }) => server === "exchange").length;
}

/** Tokens of the API's requests, each once, in the order of their first use. */
function tokens(flow: Flow): string[] {
  return [...new Set(flow.requests(({ server }) => server === "api").map(({ headers }) => String(headers["x-access-token"])))];
}

/** `exp` of a token, ms. */
function expiry(token: string): number {
  const [, claims = ""] = token.split(".");
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { exp: number }).exp * 1_000;
}

describe("the token exchange", () => {
  test("is asked once, as the original's client does, and its token goes with every request", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("old", 7_200_000);
    const running = flow.run("--history-expiration=1h");
    await running.started();
    await running.said("history sweep complete");
    await running.listed();
    assert.equal(exchanges(flow), 1);
    const [request] = flow.requests(({ server }) => server === "exchange");
    const { authorization, "content-type": type, "x-org-id": org, "x-realms": realms } = request?.headers ?? {};
    assert.deepEqual([request?.method, authorization, type, org, realms], [
      "POST",
      "Bearer ProvisioningAdminToken",
      "application/json",
      "0",
      '[{"type": "system", "identifier": "system"}]',
    ]);
    const [token, ...others] = tokens(flow);
    assert.match(token ?? "", /^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.deepEqual(others, []);
    assert.ok(flow.requests(({ server, headers }) => server === "api" && headers.authorization !== undefined).length === 0);
    assert.deepEqual(
      new Set(flow.requests(({ server }) => server === "api").map(({ method }) => method)),
      new Set(["GET", "DELETE"]),
    );
  });

  test("is asked again ahead of each token's end, and no dead token is ever sent", LIMIT, async () => {
    const clock = fastClock(10);
    await using flow = await Flow.open({ clock, tokenLifetimeMs: 30_000 });
    const late: number[] = [];
    flow.intercept = ({ server, headers }) => {
      if (server === "api") late.push(clock.now() - expiry(String(headers["x-access-token"])));
      return undefined;
    };
    flow.job("a");
    const running = flow.run("--resync-interval=2s");
    await running.started();
    while (tokens(flow).length < 4) await running.listed();
    assert.ok(Math.max(...late) < 0, `sent ${Math.max(...late)} ms past its end`);
    assert.deepEqual(running.notifications, ["a initial"]);
    assert.deepEqual(running.log.of("provisioning API not usable, retrying"), []);
  });

  test("is asked again when a token is refused, and the request repeated with the new one", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.job("a");
    const running = flow.run();
    await running.started();
    flow.dev.refuseAuth(1);
    await running.listed(2);
    assert.equal(exchanges(flow), 2);
    assert.equal(tokens(flow).length, 2);
    assert.deepEqual(running.notifications, ["a initial"]);
    assert.deepEqual(running.log.records.filter(({ level }) => level === "warn" || level === "error"), []);
  });

  test("is outlived by a watch whose token has ended long ago", LIMIT, async () => {
    const clock = fastClock(10);
    await using flow = await Flow.open({ clock, tokenLifetimeMs: 20_000 });
    const running = flow.run("--resync-interval=1h");
    await running.started();
    const ends = expiry(tokens(flow)[0] ?? "");
    await clock.sleep(ends + 10_000 - clock.now());
    const { uid } = flow.job("late");
    assert.equal((await running.notified(uid)).fields.trigger, "live");
    assert.equal(flow.requests(isWatch).length, 1);
  });

  test("that is slow once puts off no list but the one that waits for it", LIMIT, async () => {
    const clock = fastClock(10);
    await using flow = await Flow.open({ clock });
    const running = flow.run();
    await running.started();
    const askedAt: number[] = [];
    flow.intercept = async ({ server }) => {
      if (server === "exchange") askedAt.push(clock.now());
      if (server === "exchange") await clock.sleep(4_000);
      return undefined;
    };
    flow.dev.refuseAuth(1);
    while (askedAt.length === 0) await running.listed();
    await running.listed(2);
    // A list of four seconds would be followed by 76 without.
    assert.ok(clock.now() - (askedAt[0] ?? 0) < 60_000, `listed ${clock.now() - (askedAt[0] ?? 0)} ms later`);
  });

  test("that is down is retried, and the start goes on once it is up", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = ({ server }) => (server === "exchange" ? "abort" : undefined);
    flow.job("a");
    const running = flow.run();
    const { fields } = await running.said("provisioning API not usable, retrying");
    assert.match(String(fields.error), /^Cannot reach the token exchange at "http:\/\/127\.0\.0\.1:\d+\/sign\/access-token": /);
    assert.equal(flow.requests(({ server }) => server === "api").length, 0);
    flow.intercept = () => undefined;
    await running.started();
    await running.said("provisioning API usable again");
    assert.deepEqual(running.notifications, ["a initial"]);
  });

  test("that refuses ends the program at once", LIMIT, async () => {
    await using flow = await Flow.open({ token: new Secret("another-secret") });
    const error = await flow.run().ended;
    assert.ok(error instanceof TokenError && error.status === 401, String(error));
    assert.match(
      error.message,
      /^Cannot exchange the token at "http:\/\/127\.0\.0\.1:\d+\/sign\/access-token": the server answered 401 .*invalid credentials$/,
    );
    assert.equal(exchanges(flow), 1);
  });

  test("that refuses later ends nothing", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    await running.started();
    flow.intercept = (
      { server },
    ) => (server === "exchange" ? { status: 401, body: '{"error":"invalid credentials"}' } : undefined);
    flow.dev.refuseAuth(3);
    flow.dev.closeWatches("destroy");
    await running.said("provisioning API not usable, retrying");
    const { uid } = flow.job("meanwhile");
    flow.intercept = () => undefined;
    await running.notified(uid);
    assert.equal(await running.stop(), undefined);
  });

  test("answers the whole start's patience when it never comes up", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = ({ server }) => (server === "exchange" ? "abort" : undefined);
    const error = await flow.run("--startup-timeout=3s").ended;
    assert.ok(error instanceof TimeoutError && error.cause instanceof NetworkError, String(error));
    assert.match(error.message, /within --startup-timeout 3s/);
  });

  test("gives a token that the API refuses: the program ends at once, after one more token", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = ({ server }) => (server === "api" ? { status: 401, body: JSON.stringify(UNAUTHORIZED) } : undefined);
    const error = await flow.run().ended;
    assert.ok(error instanceof ApiError && error.status === 401, String(error));
    assert.deepEqual([exchanges(flow), tokens(flow).length], [2, 2]);
  });
});

describe("--token-file", () => {
  test("is read anew when the exchange refuses its secret", LIMIT, async () => {
    await using flow = await Flow.open({ token: new Secret("second-secret") });
    const path = await flow.directory.write("token", "first-secret\n");
    const secrets = () => flow.requests(({ server }) => server === "exchange").map(({ headers }) => headers.authorization);
    flow.intercept = async ({ server, headers }) => {
      if (server !== "exchange" || headers.authorization !== "Bearer first-secret" || secrets().length > 1) return undefined;
      return { status: 200, body: JSON.stringify({ data: { token: await flow.dev.mintToken() } }) };
    };
    const running = flow.launch(`--token-file=${path}`, `--token-exchange-url=${flow.dev.exchangeUrl}`);
    await running.started();
    await flow.directory.write("token", "second-secret\n");
    flow.dev.refuseAuth(1);
    while (tokens(flow).length < 2) await running.listed();
    assert.deepEqual(secrets(), ["Bearer first-secret", "Bearer first-secret", "Bearer second-secret"]);
    assert.deepEqual(running.log.records.filter(({ level }) => level === "warn" || level === "error"), []);
  });

  test("that does not exist ends the program before any request", LIMIT, async () => {
    await using flow = await Flow.open();
    const error = await flow.launch("--token-file=/does/not/exist", `--token-exchange-url=${flow.dev.exchangeUrl}`).ended;
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message, 'Cannot read --token-file "/does/not/exist": no such file');
    assert.deepEqual(flow.dev.requests, []);
  });
});

describe("--bearer-token-file", () => {
  test("goes into Authorization, and is read anew when it is refused", LIMIT, async () => {
    await using flow = await Flow.open({ bearerToken: new Secret("second-bearer") });
    flow.job("a");
    const path = await flow.directory.write("bearer", "first-bearer\n");
    let refused = 0;
    flow.intercept = ({ headers }) => {
      if (headers.authorization === "Bearer first-bearer" && refused++ === 0) {
        return flow.directory.write("bearer", "second-bearer\n").then(() => undefined);
      }
      return undefined;
    };
    const running = flow.launch(`--bearer-token-file=${path}`);
    await running.started();
    assert.deepEqual(running.notifications, ["a initial"]);
    assert.equal(exchanges(flow), 0);
    const sent = flow.requests(({ server }) => server === "api").map(({ headers }) =>
      [headers.authorization, headers["x-access-token"]].join()
    );
    assert.deepEqual([...new Set(sent)], ["Bearer first-bearer,", "Bearer second-bearer,"]);
    assert.equal(refused, 1);
  });
});

describe("a list without any right to it", () => {
  test("ends the start with the advice to name namespaces", LIMIT, async () => {
    await using flow = await Flow.open({ grantedNamespace: "team-a" });
    const error = await flow.run().ended;
    assert.ok(error instanceof ApiError && error.status === 403, String(error));
    assert.match(error.message, /^Cannot list jobs in all namespaces: server answered 403 Forbidden: .*--namespace$/);
    assert.equal(flow.requests((facts) => isList(facts, "jobs")).length, 1);
  });

  test("works in the namespace that is granted", LIMIT, async () => {
    await using flow = await Flow.open({ grantedNamespace: "team-a" });
    flow.job("mine", { namespace: "team-a" });
    flow.job("theirs", { namespace: "team-b" });
    const running = flow.run("--namespace=team-a");
    await running.started();
    assert.deepEqual(running.notifications, ["mine initial"]);
  });
});
