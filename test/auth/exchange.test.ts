import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { createExchange, expiryOf } from "../../src/auth/exchange.ts";
import { fixedSecret, type SecretSource } from "../../src/auth/credential.ts";
import type { Minted } from "../../src/auth/token-source.ts";
import { ConfigError, NetworkError, TokenError } from "../../src/base/errors.ts";
import type { Fetch } from "../../src/base/http.ts";
import { Secret } from "../../src/base/secret.ts";
import { jwt } from "../support/jwt.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { json, ScriptedFetch, silence, type Answer } from "../support/scripted-fetch.ts";

const URL_OF_EXCHANGE = "http://localhost:6481/sign/access-token";
const NAMED = `at "${URL_OF_EXCHANGE}"`;

const minted = (token: string, headers: Record<string, string> = {}) => json({ data: { token }, status: "success" }, { headers });

interface Setup {
  script: ScriptedFetch;
  clock: ManualClock;
  counts: MemoryCount;
  run: (signal?: AbortSignal) => Promise<Minted>;
}

function setup(answers: Answer[], more: { random?: () => number; subject?: SecretSource; url?: string } = {}): Setup {
  const script = new ScriptedFetch(...answers);
  const clock = new ManualClock();
  const counts = new MemoryCount();
  const exchange = createExchange({
    count: counts.count,
    fetch: script.fetch,
    url: more.url ?? URL_OF_EXCHANGE,
    subject: more.subject ?? fixedSecret(new Secret("ProvisioningAdminToken")),
    clock,
    random: more.random ?? (() => 0),
  });
  return { script, clock, counts, run: (signal = new AbortController().signal) => exchange(signal) };
}

const same = (request: { url: string; method: string; headers: Headers; body: string }) => ({
  url: request.url,
  method: request.method,
  headers: Object.fromEntries(request.headers),
  body: request.body,
});

const EXPECTED_HEADERS = {
  accept: "application/json",
  authorization: "Bearer ProvisioningAdminToken",
  "content-type": "application/json",
  "user-agent": "authlib-client",
  "x-org-id": "0",
  "x-realms": '[{"type": "system", "identifier": "system"}]',
};
const EXPECTED_BODY = '{"namespace":"*","audiences":["provisioning.grafana.app"]}';

/** Waits for the rejection while the clock runs: pauses are not what these tests are about. */
async function failure<T extends Error>(
  kind: new (...args: never[]) => T,
  promise: Promise<unknown>,
  clock: ManualClock,
): Promise<T> {
  const outcome = promise.then(
    () => assert.fail("expected a rejection"),
    (error: unknown) => error,
  );
  await clock.advance(20_000);
  const error = await outcome;
  assert.ok(error instanceof kind, `expected ${kind.name}, got ${String(error)}`);
  return error;
}

describe("createExchange() request", () => {
  test("is what authlib sends, and nothing more", async () => {
    const { script, run } = setup([minted("opaque")]);
    await run();
    assert.deepEqual(script.requests.map(same), [
      { url: URL_OF_EXCHANGE, method: "POST", headers: EXPECTED_HEADERS, body: EXPECTED_BODY },
    ]);
    const [request] = script.requests;
    assert.equal(request?.init.redirect, "manual");
    assert.equal(request?.init.headersTimeoutMs, 5_000);
    assert.equal(request?.init.silenceTimeoutMs, 5_000);
  });

  test("arrives so at a server, body to the byte", async () => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ request, body: Buffer.concat(chunks).toString("utf8") });
        response.setHeader("Content-Type", "application/json").end('{"data":{"token":"tok"},"status":"success"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign/access-token?realm=a%20b`;
      const fetch: Fetch = (target, init) => globalThis.fetch(target, init);
      const exchange = createExchange({
        fetch,
        url,
        subject: fixedSecret(new Secret("ProvisioningAdminToken")),
        clock: new ManualClock(),
        random: () => 0,
      });
      assert.equal((await exchange(new AbortController().signal)).token.reveal(), "tok");
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const [{ request, body } = assert.fail("no request came")] = seen;
    assert.equal(seen.length, 1);
    assert.equal(request.method, "POST");
    assert.equal(request.url, "/sign/access-token?realm=a%20b");
    assert.equal(body, EXPECTED_BODY);
    const headers = { ...request.headers };
    // What HTTP itself and the host's fetch add.
    assert.equal(headers["content-length"], String(EXPECTED_BODY.length));
    for (const name of ["host", "connection", "content-length", "accept-encoding", "accept-language", "sec-fetch-mode"])
      delete headers[name];
    assert.deepEqual(headers, EXPECTED_HEADERS);
    assert.equal(request.rawHeaders.filter((name) => name.toLowerCase() === "authorization").length, 1);
  });

  test("is refused by the program itself where no header can hold the secret", async () => {
    const { script, clock, run } = setup([], { subject: fixedSecret(new Secret("can\nary")) });
    const error = await failure(ConfigError, run(), clock);
    assert.equal(error.message, "Cannot send a token: expected one line of printable ASCII without spaces");
    assert.equal(script.requests.length, 0);
  });
});

describe("createExchange() address", () => {
  const create = (url: string, allowPlaintext?: boolean) =>
    createExchange({
      fetch: new ScriptedFetch().fetch,
      url,
      subject: fixedSecret(new Secret("s")),
      clock: new ManualClock(),
      random: Math.random,
      allowPlaintext,
    });

  test("may be plain HTTP on this machine only", () => {
    for (const host of ["localhost:1", "127.0.0.1", "127.9.9.9:80", "[::1]:6481", "auth.localhost", "0x7f.1"])
      create(`http://${host}/sign`);
    for (const host of ["auth.example", "10.0.0.1", "128.0.0.1", "127.0.0.1.example", "notlocalhost", "[::2]"]) {
      assert.throws(() => create(`http://${host}/sign?secret=1`), {
        name: "ConfigError",
        message: `Cannot send the token to "http://${host}/sign": it would cross the network in clear text; use https, or give --allow-plaintext-token`,
      });
      create(`http://${host}/sign`, true);
      create(`https://${host}/sign`);
    }
  });

  test("is an http or https URL without user and password", () => {
    for (const url of ["", "localhost:6481", "ftp://localhost/x", "/sign"])
      assert.throws(() => create(url), { name: "ConfigError", message: /expected an http or https URL/ });
    assert.throws(
      () => create("https://me:canary@host/x"),
      (error: Error) => error instanceof ConfigError && !error.message.includes("canary"),
    );
  });
});

describe("createExchange() answer", () => {
  test("gives the token with its end, whatever signed it", async () => {
    const { run } = setup(["ES256", "RS256", "HS512", "none"].map((alg) => minted(jwt({ exp: 1_800_000_000 }, alg))));
    for (const alg of ["ES256", "RS256", "HS512", "none"]) {
      const { token, expiresAtMs } = await run();
      assert.equal(token.reveal(), jwt({ exp: 1_800_000_000 }, alg));
      assert.equal(expiresAtMs, 1_800_000_000_000, alg);
    }
  });

  test("gives an opaque token without an end", async () => {
    const { run } = setup([minted("glsa_opaque-token")]);
    const { token, expiresAtMs } = await run();
    assert.equal(token.reveal(), "glsa_opaque-token");
    assert.equal(expiresAtMs, undefined);
  });

  test("dates the end on our clock where the server's differs", async () => {
    const start = Date.UTC(2026, 0, 1);
    const date = (ms: number) => new Date(start + ms).toUTCString();
    const exp = start / 1000 + 600;
    const { run } = setup([
      minted(jwt({ exp }), { date: date(-3_600_000) }),
      minted(jwt({ exp }), { date: date(4_000) }),
      minted(jwt({ exp }), { date: "soon" }),
    ]);
    assert.equal((await run()).expiresAtMs, exp * 1000 + 3_600_000);
    assert.equal((await run()).expiresAtMs, exp * 1000);
    assert.equal((await run()).expiresAtMs, exp * 1000);
  });

  const rows: [name: string, answer: () => Response, status: number, what: string][] = [
    [
      "401 with a reason",
      () => json({ status: "error", error: "invalid credentials" }, { status: 401, statusText: "Unauthorized" }),
      401,
      "401 Unauthorized: invalid credentials",
    ],
    ["403 without a reason", () => json({ status: "error" }, { status: 403, statusText: "Forbidden" }), 403, "403 Forbidden"],
    ["400 without a body", () => new Response(null, { status: 400, statusText: "Bad Request" }), 400, "400 Bad Request"],
    [
      "404 with text",
      () => new Response("404 page not found", { status: 404, statusText: "Not Found" }),
      404,
      "404 Not Found: text that is not JSON",
    ],
    [
      "404 with HTML",
      () => new Response("\n<!doctype html><title>x</title>", { status: 404, statusText: "Not Found" }),
      404,
      "404 Not Found: an HTML page instead of JSON; check the URL",
    ],
    ["201", () => json({ data: { token: "t" } }, { status: 201, statusText: "Created" }), 201, "201 Created"],
    ["204", () => new Response(null, { status: 204, statusText: "No Content" }), 204, "204 No Content"],
    [
      "302",
      () => new Response(null, { status: 302, statusText: "Found", headers: { location: "https://elsewhere/" } }),
      302,
      "302 Found (redirects are not followed; give the final URL)",
    ],
    ["200 with HTML", () => new Response("<html>", { status: 200 }), 200, "200 with an HTML page instead of JSON; check the URL"],
    ["200 with text", () => new Response("ok", { status: 200 }), 200, "200 with text that is not JSON"],
    ["200 with loose JSON", () => new Response("{data:{token:'t'}}", { status: 200 }), 200, "200 with text that is not JSON"],
    ["200 with null", () => new Response("null", { status: 200 }), 200, "200 with text that is not JSON"],
    ["200 with an empty body", () => new Response(null, { status: 200 }), 200, "200 with an empty body"],
    ["200 with an empty token", () => json({ data: { token: "" }, status: "success" }), 200, "200 without a token"],
    ["200 with a token that is no text", () => json({ data: { token: 5 } }), 200, "200 without a token"],
    ["200 with data null", () => json({ data: null, error: "none" }), 200, "200 without a token"],
    [
      "200 with a token of two lines",
      () => json({ data: { token: "a\r\nX-Evil: 1" } }),
      200,
      "200 with a token that does not fit in a header",
    ],
    ["a long reason", () => json({ error: `${"x".repeat(300)}end` }, { status: 400 }), 400, `400: ${"x".repeat(200)}…`],
    ["a reason of several lines", () => json({ error: "a\n\u001b[31mb\u2028c" }, { status: 400 }), 400, "400: a [31mb c"],
  ];
  for (const [name, answer, status, what] of rows) {
    test(`${name} is a TokenError with the status, asked once`, async () => {
      const { script, clock, run } = setup([answer()]);
      const error = await failure(TokenError, run(), clock);
      assert.equal(error.message, `Cannot exchange the token ${NAMED}: the server answered ${what}`);
      assert.equal(error.status, status);
      assert.equal(script.requests.length, 1);
    });
  }

  test("may be cut anywhere, in the middle of a letter too", async () => {
    const bytes = new TextEncoder().encode('{"error":"ungültiger Schlüssel"}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { clock, run } = setup([new Response(body, { status: 401 })]);
    assert.match((await failure(TokenError, run(), clock)).message, /answered 401: ungültiger Schlüssel$/);
  });

  test("longer than 256 KiB is not read to its end", async () => {
    let pulled = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(64 * 1024).fill(32));
      },
      cancel() {
        cancelled = true;
      },
    });
    const { clock, run } = setup([new Response(body)]);
    const error = await failure(TokenError, run(), clock);
    assert.match(error.message, /answered 200 with more than 256 KiB$/);
    assert.ok(cancelled && pulled < 10, `pulled ${pulled} chunks`);
  });

  test("that trickles on past five seconds counts as a time-out", async () => {
    const cancelled: unknown[] = [];
    const trickle = () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
          cancel: () => void cancelled.push(1),
        }),
      );
    const { script, clock, run } = setup([trickle, trickle, trickle]);
    const result = run();
    result.catch(() => undefined);
    await clock.advance(4_999);
    assert.equal(cancelled.length, 0);
    await clock.advance(1);
    assert.equal(cancelled.length, 1);
    const error = await failure(NetworkError, result, clock);
    assert.equal(error.reason, "timeout");
    assert.equal(error.message, `Cannot reach the token exchange ${NAMED}: the answer did not end within 5 s`);
    assert.equal(script.requests.length, 3);
    assert.equal(clock.sleepers, 0);
  });
});

describe("createExchange() retries", () => {
  const refused = () =>
    new NetworkError('Cannot connect to "localhost:6481": connection refused', "refused", { cause: new Error("ECONNREFUSED") });
  const status = (code: number, headers: Record<string, string> = {}) => json({ error: `e${code}` }, { status: code, headers });

  for (const [random, first, second] of [
    [0, 250, 500],
    [0.5, 375, 750],
    [0.999_999, 500, 1000],
  ] as const) {
    test(`pause ${first} and ${second} ms where chance says ${random}`, async () => {
      const { script, clock, run } = setup([refused(), status(503), minted("t")], { random: () => random });
      const result = run();
      await script.received(1);
      await clock.advance(first - 1);
      assert.equal(script.requests.length, 1);
      await clock.advance(1);
      assert.equal(script.requests.length, 2);
      await clock.advance(second - 1);
      assert.equal(script.requests.length, 2);
      await clock.advance(1);
      assert.equal(script.requests.length, 3);
      assert.equal((await result).token.reveal(), "t");
    });
  }

  test("send the same request again", async () => {
    const { script, clock, run } = setup([status(500), status(500), minted("t")]);
    const result = run();
    await clock.advance(1_500);
    await result;
    assert.deepEqual(script.requests.map(same)[2], same(script.requests[0] ?? assert.fail()));
  });

  test("end after three attempts with the network's own reason", async () => {
    const { script, clock, run } = setup([refused(), refused(), refused()]);
    const error = await failure(NetworkError, run(), clock);
    assert.equal(
      error.message,
      `Cannot reach the token exchange ${NAMED}: Cannot connect to "localhost:6481": connection refused`,
    );
    assert.equal(error.reason, "refused");
    assert.ok(error.cause instanceof NetworkError);
    assert.equal(script.requests.length, 3);
    assert.equal(clock.sleepers, 0);
  });

  for (const code of [429, 500, 502, 503, 504, 599]) {
    test(`cover ${code}, whose status is told in the end`, async () => {
      const { script, clock, run } = setup([status(code), status(code), status(code)]);
      const error = await failure(TokenError, run(), clock);
      assert.equal(error.status, code);
      assert.match(error.message, new RegExp(`answered ${code}: e${code}$`));
      assert.equal(script.requests.length, 3);
    });
  }

  for (const code of [400, 401, 403, 404, 408, 409, 425]) {
    test(`leave ${code} alone`, async () => {
      const { script, clock, run } = setup([status(code)]);
      assert.equal((await failure(TokenError, run(), clock)).status, code);
      assert.equal(script.requests.length, 1);
    });
  }

  test("do not hide a bug", async () => {
    const bug = new TypeError("undefined is not a function");
    const { script, clock, run } = setup([bug]);
    assert.equal(await failure(TypeError, run(), clock), bug);
    assert.equal(script.requests.length, 1);
  });

  test("end at an abort, with its reason, in a request and in a pause", async () => {
    for (const answer of [silence, status(503)]) {
      const { script, clock, run } = setup([answer]);
      const stop = new AbortController();
      const result = run(stop.signal);
      await script.received(1);
      await clock.advance(100);
      const reason = new Error("shutdown");
      stop.abort(reason);
      await assert.rejects(result, (error) => error === reason);
      assert.equal(clock.sleepers, 0);
    }
  });

  test("give an abort's reason before that of a last attempt which it broke", async () => {
    const stop = new AbortController();
    const reason = new Error("shutdown");
    const cut = () => {
      stop.abort(reason);
      throw new NetworkError("connection lost", "closed");
    };
    const { clock, run } = setup([status(503), status(503), cut]);
    const outcome = assert.rejects(run(stop.signal), (error) => error === reason);
    await clock.advance(1_500);
    await outcome;
  });

  test("do not start once aborted", async () => {
    const { script, run } = setup([]);
    const reason = new Error("shutdown");
    await assert.rejects(run(AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal(script.requests.length, 0);
  });
});

describe("createExchange() Retry-After", () => {
  const busy = (headers: Record<string, string>) =>
    json({ error: "slow down" }, { status: 429, statusText: "Too Many Requests", headers });

  for (const [form, headers] of [
    ["seconds", { "retry-after": "7" }],
    ["a date on our clock", { "retry-after": new Date(Date.UTC(2026, 0, 1) + 7_000).toUTCString() }],
    ["a date on the server's clock", { "retry-after": "Sun, 01 Feb 2026 00:00:07 GMT", date: "Sun, 01 Feb 2026 00:00:00 GMT" }],
  ] as [string, Record<string, string>][]) {
    test(`as ${form} is waited for`, async () => {
      const { script, clock, run } = setup([busy(headers), minted("t")]);
      const result = run();
      await script.received(1);
      await clock.advance(6_999);
      assert.equal(script.requests.length, 1);
      await clock.advance(1);
      assert.equal(script.requests.length, 2);
      await result;
    });
  }

  test("shorter than the pause changes nothing, nor does nonsense", async () => {
    for (const value of ["0", "-5", "soon", "", new Date(0).toUTCString()]) {
      const { script, clock, run } = setup([busy({ "retry-after": value }), minted("t")]);
      const result = run();
      await script.received(1);
      await clock.advance(249);
      assert.equal(script.requests.length, 1, value);
      await clock.advance(1);
      assert.equal(script.requests.length, 2, value);
      await result;
    }
  });

  test("gets jitter of its own", async () => {
    const { script, clock, run } = setup([busy({ "retry-after": "10" }), minted("t")], { random: () => 0.5 });
    const result = run();
    await script.received(1);
    await clock.advance(10_499);
    assert.equal(script.requests.length, 1);
    await clock.advance(1);
    await result;
  });

  test("longer than 30 s is told to the caller, and kept without a request", async () => {
    const { script, clock, run } = setup([busy({ "retry-after": "120" }), minted("t")]);
    const first = run();
    first.catch(() => undefined);
    await clock.advance(250);
    await assert.rejects(first, {
      name: "TokenError",
      status: 429,
      message: `Cannot exchange the token ${NAMED}: the server answered 429 Too Many Requests: slow down; it asked to wait for another 120 s`,
    });
    await clock.advance(60_000);
    await assert.rejects(run(), /another 60 s$/);
    await clock.advance(35_000);
    const last = run();
    await clock.advance(24_749);
    assert.equal(script.requests.length, 1);
    await clock.advance(1);
    assert.equal((await last).token.reveal(), "t");
    assert.equal(script.requests.length, 2);
  });

  test("of the last attempt holds for the next exchange", async () => {
    const { script, clock, run } = setup([busy({}), busy({}), busy({ "retry-after": "20" }), minted("t")]);
    const first = run();
    first.catch(() => undefined);
    await clock.advance(750);
    await assert.rejects(first, { status: 429 });
    const second = run();
    await clock.advance(19_999);
    assert.equal(script.requests.length, 3);
    await clock.advance(1);
    assert.equal(script.requests.length, 4);
    await second;
  });
});

describe("createExchange() refused", () => {
  const no = () => json({ error: "invalid credentials" }, { status: 401, statusText: "Unauthorized" });

  function rotating(...texts: string[]): { subject: SecretSource; asked: () => number } {
    const secrets = texts.map((text) => new Secret(text));
    let at = 0;
    let asked = 0;
    return {
      asked: () => asked,
      subject: {
        current: async () => secrets[at] ?? assert.fail(),
        renewed: async (rejected) => {
          asked++;
          assert.ok(rejected.equals(secrets[at] ?? assert.fail()));
          return secrets[++at];
        },
      },
    };
  }

  test("tries once more at once where the secret has changed", async () => {
    const { subject } = rotating("old", "new");
    const { script, run } = setup([no(), minted("t")], { subject });
    assert.equal((await run()).token.reveal(), "t");
    assert.deepEqual(
      script.requests.map(({ headers }) => headers.get("authorization")),
      ["Bearer old", "Bearer new"],
    );
  });

  test("gives up where it has not, and after the second refusal", async () => {
    const still = rotating("old");
    const once = setup([no()], { subject: still.subject });
    assert.equal((await failure(TokenError, once.run(), once.clock)).status, 401);
    assert.equal(still.asked(), 1);
    const changing = rotating("a", "b", "c");
    const twice = setup([no(), no()], { subject: changing.subject });
    assert.equal((await failure(TokenError, twice.run(), twice.clock)).status, 401);
    assert.equal(changing.asked(), 1);
    assert.equal(twice.script.requests.length, 2);
  });

  test("leaves the three attempts to the new secret", async () => {
    const { subject } = rotating("old", "new");
    const busy = () => json({}, { status: 503 });
    const { script, clock, run } = setup([no(), busy(), busy(), minted("t")], { subject });
    const result = run();
    await clock.advance(1_500);
    await result;
    assert.equal(script.requests.length, 4);
  });
});

describe("expiryOf()", () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64url");
  test("reads seconds, fractions too", () => {
    assert.equal(expiryOf(jwt({ exp: 1_756_000_600 })), 1_756_000_600_000);
    assert.equal(expiryOf(jwt({ exp: 1_756_000_600.5 })), 1_756_000_600_500);
  });
  test("reads base64url with its own two letters and any length", () => {
    for (const sub of ["a", "ab", "abc", "üÿ~~??>>", "ÿÿÿ", "日本"]) assert.equal(expiryOf(jwt({ sub, exp: 7 })), 7_000, sub);
    assert.match(jwt({ sub: "üÿ~~??>>" }), /[-_]/);
  });
  test("finds none where there is none", () => {
    for (const token of [
      "",
      "opaque",
      "a.b",
      "a.b.c",
      "..",
      `x.${encoded("null")}.y`,
      `x.${encoded("[]")}.y`,
      `x.${encoded("{")}.y`,
      `x.${encoded('"exp"')}.y`,
      jwt({}),
      jwt({ exp: "1756000600" }),
      jwt({ exp: null }),
      jwt({ exp: 0 }),
      jwt({ exp: -5 }),
      jwt({ exp: true }),
      `x.${encoded('{"exp":1e400}')}.y`,
    ])
      assert.equal(expiryOf(token), undefined, token);
  });
});

describe("createExchange() counts", () => {
  const twice: SecretSource = { current: async () => new Secret("old-secret"), renewed: async () => new Secret("new-secret") };
  const rows: [string, Answer[], SecretSource | undefined, string[]][] = [
    ["a token", [minted("tok")], undefined, ["token-minted"]],
    ["a refusal", [json({}, { status: 403 })], undefined, ["exchange-failed forbidden"]],
    ["a secret that was replaced", [json({}, { status: 401 }), minted("tok")], twice, ["exchange-failed unauthorized", "retry exchange", "token-minted"]],
    ["500, then a token", [json({}, { status: 500 }), minted("tok")], undefined, ["exchange-failed server-error", "retry exchange", "token-minted"]],
    ["429 that says when", [json({}, { status: 429, headers: { "retry-after": "1" } }), minted("tok")], undefined, [
      "asked-to-wait exchange", "exchange-failed throttled", "retry exchange", "token-minted",
    ]],
    ["nobody there", [1, 2, 3].map(() => new NetworkError("no", "refused")), undefined, ["exchange-failed connection 3", "retry exchange 2"]],
    ["an answer without a token", [json({})], undefined, ["exchange-failed unexpected"]],
    ["a page in its place", [new Response("<html>")], undefined, ["exchange-failed unexpected"]],
    ["a URL that is not there", [json({}, { status: 404 })], undefined, ["exchange-failed not-found"]],
  ];
  for (const [what, answers, subject, expected] of rows) {
    test(`${what} as ${expected.join(", ")}`, async () => {
      const { run, clock, counts } = setup(answers, { subject });
      const ended = run().catch(() => undefined);
      await clock.advance(20_000);
      await ended;
      assert.deepEqual(counts.take(), expected);
    });
  }

  test("no abort", async () => {
    const { run, counts } = setup([silence]);
    const stop = new AbortController();
    const ended = run(stop.signal).catch(() => undefined);
    stop.abort(new Error("stop"));
    await ended;
    assert.deepEqual(counts.take(), []);
  });
});
