import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { authorize } from "../../src/auth/authorize.ts";
import { accessToken, bearer, fixedSecret, type Credential } from "../../src/auth/credential.ts";
import { createTokenSource } from "../../src/auth/token-source.ts";
import { NetworkError, TokenError } from "../../src/base/errors.ts";
import type { Fetch } from "../../src/base/http.ts";
import { Secret } from "../../src/base/secret.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { json, ScriptedFetch, silence } from "../support/scripted-fetch.ts";

const API = "https://localhost:6446/apis/provisioning.grafana.app/v0alpha1/jobs";

/** A credential over an exchange that gives token-1, token-2, ... */
function counted(): { credential: Credential; minted: () => number } {
  const clock = new ManualClock();
  let minted = 0;
  const exchange = async () => ({ token: new Secret(`token-${++minted}`), expiresAtMs: clock.now() + 600_000 });
  return { credential: accessToken(createTokenSource({ exchange, clock, random: () => 0 })), minted: () => minted };
}

const unauthorized = () => json({ kind: "Status", status: "Failure", code: 401 }, { status: 401 });

describe("authorize() header", () => {
  test("is X-Access-Token for a minted token, and the token is asked for once", async () => {
    const script = new ScriptedFetch(json({}), json({}));
    const { credential, minted } = counted();
    const fetch = authorize(script.fetch, credential);
    await fetch(API);
    await fetch(API);
    assert.deepEqual(
      script.requests.map(({ headers }) => Object.fromEntries(headers)),
      [{ "x-access-token": "Bearer token-1" }, { "x-access-token": "Bearer token-1" }],
    );
    assert.equal(minted(), 1);
  });

  test("is Authorization for a bearer token", async () => {
    const script = new ScriptedFetch(json({}));
    await authorize(script.fetch, bearer(fixedSecret(new Secret("glsa_1"))))(API);
    assert.deepEqual(Object.fromEntries(script.requests[0]?.headers ?? []), { authorization: "Bearer glsa_1" });
  });

  test("joins the caller's own headers in every form, and the caller's init stays as it was", async () => {
    for (const headers of [
      { Accept: "application/json", "X-Other": "1" },
      new Headers({ Accept: "application/json", "X-Other": "1" }),
      [
        ["Accept", "application/json"],
        ["X-Other", "1"],
      ] as [string, string][],
    ]) {
      const script = new ScriptedFetch(json({}));
      const init = { method: "DELETE", headers, body: '{"a":1}', silenceTimeoutMs: 5 };
      const before = JSON.stringify([...new Headers(headers)]);
      await authorize(script.fetch, counted().credential)(API, init);
      const [request] = script.requests;
      assert.deepEqual(Object.fromEntries(request?.headers ?? []), {
        accept: "application/json",
        "x-other": "1",
        "x-access-token": "Bearer token-1",
      });
      assert.equal(request?.method, "DELETE");
      assert.equal(request?.body, '{"a":1}');
      assert.equal(request?.init.silenceTimeoutMs, 5);
      assert.equal(JSON.stringify([...new Headers(init.headers)]), before);
    }
  });
});

describe("authorize() on 401", () => {
  test("forgets the token and tries once more with a new one, the first answer's body cancelled", async () => {
    let cancelled = 0;
    const body = new ReadableStream({ cancel: () => void cancelled++ });
    const script = new ScriptedFetch(new Response(body, { status: 401 }), json({ ok: true }));
    const { credential, minted } = counted();
    const response = await authorize(script.fetch, credential)(API, {
      method: "DELETE",
      body: '{"a":1}',
      headers: { Accept: "x" },
    });
    assert.equal(response.status, 200);
    assert.equal(cancelled, 1);
    assert.equal(minted(), 2);
    assert.deepEqual(
      script.requests.map(({ url, method, body, headers }) => ({ url, method, body, headers: Object.fromEntries(headers) })),
      ["token-1", "token-2"].map((token) => ({
        url: API,
        method: "DELETE",
        body: '{"a":1}',
        headers: { accept: "x", "x-access-token": `Bearer ${token}` },
      })),
    );
  });

  test("gives the second 401 to the caller, body unread", async () => {
    const script = new ScriptedFetch(unauthorized(), unauthorized());
    const { credential, minted } = counted();
    const response = await authorize(script.fetch, credential)(API);
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), { kind: "Status", status: "Failure", code: 401 });
    assert.equal(script.requests.length, 2);
    assert.equal(minted(), 2);
  });

  test("exchanges once for many requests that are refused together", async () => {
    const gate = Promise.withResolvers<void>();
    const held = async () => {
      await gate.promise;
      return unauthorized();
    };
    const script = new ScriptedFetch(held, held, held, json({}), json({}), json({}));
    const { credential, minted } = counted();
    const fetch = authorize(script.fetch, credential);
    const calls = [fetch(API), fetch(API), fetch(API)];
    await script.received(3);
    gate.resolve();
    assert.deepEqual(
      (await Promise.all(calls)).map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(minted(), 2);
  });

  test("sends a secret that cannot change only once", async () => {
    const script = new ScriptedFetch(unauthorized());
    const response = await authorize(script.fetch, bearer(fixedSecret(new Secret("glsa_1"))))(API);
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), { kind: "Status", status: "Failure", code: 401 });
    assert.equal(script.requests.length, 1);
  });

  test("does not send a stream twice", async () => {
    const script = new ScriptedFetch(unauthorized());
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("x"));
        controller.close();
      },
    });
    const response = await authorize(script.fetch, counted().credential)(API, {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    assert.equal(response.status, 401);
    assert.equal(script.requests.length, 1);
  });

  test("takes no other status for it", async () => {
    for (const status of [400, 403, 404, 409, 410, 429, 500, 503]) {
      const script = new ScriptedFetch(json({}, { status }));
      const { credential, minted } = counted();
      assert.equal((await authorize(script.fetch, credential)(API)).status, status);
      assert.equal(script.requests.length, 1);
      assert.equal(minted(), 1);
    }
  });
});

describe("authorize() failures", () => {
  test("of the credential pass through, and no request is made", async () => {
    const refusal = new TokenError("no", { status: 401 });
    const script = new ScriptedFetch();
    const credential: Credential = {
      header: "X-Access-Token",
      current: () => Promise.reject(refusal),
      renewed: async () => undefined,
    };
    await assert.rejects(authorize(script.fetch, credential)(API), (error) => error === refusal);
    assert.equal(script.requests.length, 0);
  });

  test("of the renewal pass through, the first answer's body cancelled", async () => {
    const down = new NetworkError("down", "refused");
    let cancelled = 0;
    const script = new ScriptedFetch(new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: 401 }));
    const credential: Credential = {
      header: "X-Access-Token",
      current: async () => new Secret("a"),
      renewed: () => Promise.reject(down),
    };
    await assert.rejects(authorize(script.fetch, credential)(API), (error) => error === down);
    assert.equal(cancelled, 1);
    assert.equal(script.requests.length, 1);
  });

  test("of the request pass through", async () => {
    const down = new NetworkError("down", "refused");
    await assert.rejects(authorize(new ScriptedFetch(down).fetch, counted().credential)(API), (error) => error === down);
  });

  test("are the signal's reason at an abort, in the token and in the request", async () => {
    const reason = new Error("shutdown");
    for (const where of ["token", "request"]) {
      const stop = new AbortController();
      const script = new ScriptedFetch(silence);
      const clock = new ManualClock();
      const exchange = async (signal: AbortSignal) => {
        if (where === "token") await clock.sleep(1_000, signal);
        return { token: new Secret("t"), expiresAtMs: undefined };
      };
      const result = authorize(script.fetch, accessToken(createTokenSource({ exchange, clock, random: () => 0 })))(API, {
        signal: stop.signal,
      });
      if (where === "token") await clock.sleeping();
      else await script.received(1);
      stop.abort(reason);
      await assert.rejects(result, (error) => error === reason);
      assert.equal(script.requests.length, where === "token" ? 0 : 1);
      assert.equal(clock.sleepers, 0);
    }
  });
});

describe("authorize() over a socket", () => {
  test("shows the server an old token, then a new one, and nothing else of ours", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(seen.length === 1 ? 401 : 200, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const fetch: Fetch = (url, init) => globalThis.fetch(url, init);
      const response = await authorize(
        fetch,
        counted().credential,
      )(`http://127.0.0.1:${(server.address() as AddressInfo).port}/apis`);
      assert.equal(response.status, 200);
      await response.text();
    } finally {
      server.closeAllConnections();
      server.close();
    }
    assert.deepEqual(
      seen.map((headers) => headers["x-access-token"]),
      ["Bearer token-1", "Bearer token-2"],
    );
    assert.deepEqual(
      seen.map((headers) => headers.authorization),
      [undefined, undefined],
    );
  });
});

describe("authorize() counts a 401", () => {
  const rows: [string, Credential["renewed"], number[], string[]][] = [
    ["with a token that is accepted then", async () => new Secret("other"), [401, 200], ["unauthorized renewed"]],
    ["with a token that is refused, too", async () => new Secret("other"), [401, 401], ["unauthorized renewed"]],
    ["without another token", async () => undefined, [401], ["unauthorized unchanged"]],
    ["while there is none to be had", () => Promise.reject(new TokenError("refused")), [401], ["unauthorized unavailable"]],
    ["and nothing else", async () => undefined, [403], []],
  ];
  for (const [what, renewed, statuses, expected] of rows) {
    test(what, async () => {
      const counts = new MemoryCount();
      const script = new ScriptedFetch(...statuses.map((status) => json({}, { status })));
      const credential: Credential = { header: "Authorization", current: async () => new Secret("one"), renewed };
      await authorize(script.fetch, credential, counts.count)(API).catch(() => undefined);
      assert.deepEqual(counts.take(), expected);
      assert.equal(script.requests.length, statuses.length);
    });
  }
});
