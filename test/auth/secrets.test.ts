// Nothing that this room throws or returns shows a secret, however the other side provokes it.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createFetch } from "ofetch";
import { authorize } from "../../src/auth/authorize.ts";
import { accessToken, fixedSecret } from "../../src/auth/credential.ts";
import { createExchange } from "../../src/auth/exchange.ts";
import { createSecretFile } from "../../src/auth/secret-file.ts";
import { createTokenSource } from "../../src/auth/token-source.ts";
import { NetworkError, TokenError } from "../../src/base/errors.ts";
import type { Fetch } from "../../src/base/http.ts";
import { Secret } from "../../src/base/secret.ts";
import { jwt } from "../support/jwt.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { json, ScriptedFetch, type Answer, type SentRequest } from "../support/scripted-fetch.ts";

const CANARY = "glsa_C4n4ryOfTheConfiguredSecret_9f1e";
/** Any piece of this length gives the secret away. */
const PIECE = 12;

/** Every text that can be reached from a value: properties of any kind, getters, causes, and what printing it gives. */
function textsOf(value: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    String(value),
    JSON.stringify(value) ?? "",
  ];
  const walk = (node: unknown) => {
    if (typeof node === "string") texts.push(node);
    if ((typeof node !== "object" && typeof node !== "function") || node === null || seen.has(node)) return;
    seen.add(node);
    if (node instanceof Headers) for (const [, text] of node) texts.push(text);
    for (const key of Reflect.ownKeys(node)) {
      try {
        walk((node as Record<PropertyKey, unknown>)[key]);
      } catch {
        // A getter that refuses shows nothing.
      }
    }
  };
  walk(value);
  return texts.join("\n");
}

function assertClean(value: unknown): void {
  const texts = textsOf(value);
  for (let at = 0; at + PIECE <= CANARY.length; at++) {
    assert.ok(
      !texts.includes(CANARY.slice(at, at + PIECE)),
      `shows "${CANARY.slice(at, at + PIECE)}":\n${texts.slice(0, 2_000)}`,
    );
  }
}

async function thrownBy(exchange: (signal: AbortSignal) => Promise<unknown>, clock: ManualClock): Promise<unknown> {
  const outcome = exchange(new AbortController().signal).then(
    () => assert.fail("expected a rejection"),
    (error: unknown) => error,
  );
  await clock.advance(20_000);
  return outcome;
}

function exchangeOver(fetch: Fetch, clock: ManualClock, url = "http://localhost:6481/sign", secret = CANARY) {
  return createExchange({ fetch, url, subject: fixedSecret(new Secret(secret)), clock, random: () => 0 });
}

const echo = ({ headers }: { headers: Headers }) => [...headers].map(([name, value]) => `${name}: ${value}`).join("\n");

describe("the search itself", () => {
  test("finds a secret that hides in a FetchError, which keeps the request's headers", async () => {
    const post = createFetch({ fetch: (() => Promise.reject(new Error("down"))) as unknown as typeof fetch });
    const error = await post("http://localhost/x", {
      method: "POST",
      retry: 0,
      headers: { Authorization: `Bearer ${CANARY}` },
    }).catch((thrown: unknown) => thrown);
    assert.throws(() => assertClean(error), /shows "/);
  });

  test("finds a secret in a cause, a hidden property and a piece of one", () => {
    assert.throws(() => assertClean(new Error("x", { cause: new Error(CANARY) })), /shows "/);
    assert.throws(() => assertClean(Object.defineProperty({}, "hidden", { value: CANARY, enumerable: false })), /shows "/);
    assert.throws(() => assertClean(CANARY.slice(5, 5 + PIECE)), /shows "/);
    assertClean(new Secret(CANARY));
  });
});

describe("createExchange() shows no secret", () => {
  const rows: [name: string, answer: Answer][] = [
    [
      "where the network fails",
      new NetworkError("connection refused", "refused", { cause: Object.assign(new TypeError("x"), { code: "ECONNREFUSED" }) }),
    ],
    ["where fetch has a bug", new TypeError("undefined is not a function")],
    [
      "where a refusal quotes the header",
      (request) => json({ error: `unknown token ${request.headers.get("authorization")}` }, { status: 401 }),
    ],
    ["where a refusal quotes a piece", () => json({ error: `unknown token ${CANARY.slice(0, 20)}...` }, { status: 401 })],
    ["where a refusal quotes its end", () => json({ error: `unknown token ...${CANARY.slice(-PIECE)}` }, { status: 403 })],
    ["where a 500 echoes the headers as reason", (request) => json({ error: echo(request) }, { status: 500 })],
    [
      "where a 500 echoes the headers beside the reason",
      (request) => json({ error: "boom", request: echo(request) }, { status: 500 }),
    ],
    ["where a 502 echoes the headers as HTML", (request) => new Response(`<html>${echo(request)}</html>`, { status: 502 })],
    ["where a 400 echoes the headers as text", (request) => new Response(echo(request), { status: 400 })],
    [
      "where a 429 echoes the headers and asks to wait",
      (request) => json({ error: echo(request) }, { status: 429, headers: { "retry-after": "900" } }),
    ],
    ["where a 200 echoes the headers as text", (request) => new Response(echo(request))],
    ["where a 200 echoes the headers as JSON", (request) => json({ error: echo(request), data: { headers: echo(request) } })],
    ["where the secret comes back as a broken token", () => json({ data: { token: `${CANARY}\n` } })],
    ["where the status line quotes it", () => new Response(null, { status: 401, statusText: `Bad ${CANARY}` })],
    [
      "where the content type quotes it",
      () => new Response("x", { status: 401, headers: { "content-type": CANARY, location: CANARY } }),
    ],
    [
      "where the body breaks off",
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.error(new NetworkError("connection lost", "closed"));
            },
          }),
        ),
    ],
  ];
  for (const [name, answer] of rows) {
    test(name, async () => {
      const clock = new ManualClock();
      const again: Answer =
        answer instanceof Error ? answer : (request: SentRequest) => (answer as (request: SentRequest) => Response)(request);
      const script = new ScriptedFetch(again, again, again);
      const exchange = exchangeOver(script.fetch, clock);
      const error = await thrownBy(exchange, clock);
      assert.equal(script.requests[0]?.headers.get("authorization"), `Bearer ${CANARY}`, "the secret was used");
      assertClean(error);
      assertClean(exchange);
    });
  }

  test("where no header can hold it", async () => {
    for (const secret of [`${CANARY}\nX: 1`, `${CANARY}\u0000`, `${CANARY}é`, `${CANARY} ${CANARY}`]) {
      const clock = new ManualClock();
      assertClean(await thrownBy(exchangeOver(new ScriptedFetch().fetch, clock, undefined, secret), clock));
    }
  });

  test("where the address holds it", () => {
    for (const url of [`https://me:${CANARY}@host/`, `http://host/?token=${CANARY}`, `${CANARY}:6481`]) {
      assert.throws(
        () => exchangeOver(new ScriptedFetch().fetch, new ManualClock(), url),
        (error: unknown) => {
          assertClean(error);
          return true;
        },
      );
    }
  });

  test("but tells a reason that only resembles it", async () => {
    const clock = new ManualClock();
    const script = new ScriptedFetch(json({ error: "invalid bearer token glsa_" }, { status: 401 }));
    const error = await thrownBy(exchangeOver(script.fetch, clock), clock);
    assert.match(String(error), /answered 401: invalid bearer token glsa_$/);
  });

  test("and says that it left words out", async () => {
    const clock = new ManualClock();
    const script = new ScriptedFetch((request) => json({ error: echo(request) }, { status: 401, statusText: "Unauthorized" }));
    const error = await thrownBy(exchangeOver(script.fetch, clock), clock);
    assert.match(String(error), /answered 401 Unauthorized: \(text withheld: it seems to repeat a credential\)$/);
  });

  test("nor another's token that a server quotes", async () => {
    const token = jwt({ exp: 1 });
    const clock = new ManualClock();
    const script = new ScriptedFetch(json({ error: `cannot refresh ${token}` }, { status: 400 }));
    const error = await thrownBy(exchangeOver(script.fetch, clock), clock);
    assert.ok(error instanceof TokenError && !textsOf(error).includes(token.slice(0, 20)));
  });
});

describe("createExchange() over a socket shows no secret", () => {
  const provocations: [name: string, answer: (request: IncomingMessage, response: ServerResponse) => void][] = [
    [
      "where a 500 echoes the headers",
      (request, response) =>
        void response
          .writeHead(500, { "content-type": "application/json" })
          .end(JSON.stringify({ error: request.rawHeaders.join(" ") })),
    ],
    [
      "where the status line echoes them",
      (request, response) => void response.writeHead(401, request.headers.authorization ?? "none").end(),
    ],
    ["where the connection is cut", (request) => void request.socket.destroy()],
    [
      "where the answer breaks off",
      (request, response) => {
        response.writeHead(200, { "content-length": "1000" }).write(JSON.stringify(request.headers));
        response.socket?.destroySoon();
      },
    ],
  ];
  for (const [name, answer] of provocations) {
    test(name, async () => {
      const used: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        used.push(request.headers.authorization);
        request.resume().on("end", () => answer(request, response));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        // Not the program's transport: what the host throws comes through as it is.
        const fetch: Fetch = (url, init) => globalThis.fetch(url, init);
        const clock = new ManualClock();
        const exchange = exchangeOver(fetch, clock, `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign`);
        const ended = new AbortController();
        const outcome = exchange(new AbortController().signal)
          .then(
            () => assert.fail("expected a rejection"),
            (error: unknown) => error,
          )
          .finally(() => ended.abort());
        // Pauses pass as they come up; time moves only once the exchange sleeps.
        void (async () => {
          while (!ended.signal.aborted) {
            await clock.sleeping();
            if ((clock.nextMs ?? Infinity) <= 1_000) await clock.advance(1_000);
            else await new Promise((resolve) => setImmediate(resolve));
          }
        })();
        const error = await outcome;
        assert.ok(used.length >= 1 && used.every((value) => value === `Bearer ${CANARY}`), "the secret was used");
        assertClean(error);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
});

describe("what holds a secret prints none", () => {
  test("token sources, credentials, fetches and files", async () => {
    const clock = new ManualClock();
    const script = new ScriptedFetch(json({ data: { token: CANARY } }), json({}));
    const source = createTokenSource({
      exchange: exchangeOver(script.fetch, clock, undefined, "another-secret-of-this-test"),
      clock,
      random: () => 0,
    });
    const credential = accessToken(source);
    const fetch = authorize(script.fetch, credential);
    await fetch("https://localhost:6446/apis");
    assert.equal(script.requests[1]?.headers.get("x-access-token"), `Bearer ${CANARY}`, "the token was used");
    const file = createSecretFile({ path: "/token", name: "--token-file", clock, readText: async () => CANARY });
    assert.equal((await file.current()).reveal(), CANARY);
    for (const value of [source, credential, fetch, file, fixedSecret(new Secret(CANARY)), await source.token()])
      assertClean(value);
  });

  test("a secret file that went bad", async () => {
    const clock = new ManualClock();
    const stale: unknown[] = [];
    let content = CANARY;
    const file = createSecretFile({
      path: "/token",
      name: "--token-file",
      clock,
      readText: async () => content,
      onStale: (error) => stale.push(error),
    });
    const secret = await file.current();
    content = `${CANARY}\n${CANARY}`;
    assert.equal(await file.renewed(secret), undefined);
    assert.equal(stale.length, 1);
    assertClean(stale[0]);
  });
});
