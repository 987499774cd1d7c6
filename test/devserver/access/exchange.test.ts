import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt } from "jose";
import { Secret } from "../../../src/base/secret.ts";
import { type Reply, send, startDevserver, type TestDevserver } from "../../support/devserver.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const ASK = { namespace: "*", audiences: ["provisioning.grafana.app"] };
const GOOD = { authorization: "Bearer s3cret" };

describe("POST /sign/access-token", () => {
  let server: TestDevserver;
  before(async () => {
    server = await startDevserver({ clock: new ManualClock(), token: new Secret("s3cret"), tokenLifetimeMs: 90_000 });
  });
  after(() => server.close());
  const ask = (body: unknown, headers: Record<string, string> = GOOD): Promise<Reply> =>
    send("POST", server.exchangeUrl, body, { headers });

  test("gives a token that the API takes, with the configured life", async () => {
    const reply = await ask(ASK);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.headers["content-type"], "application/json");
    const { data, status } = JSON.parse(reply.text) as { data: { token: string }; status: string };
    assert.equal(status, "success");
    const claims = decodeJwt(data.token);
    assert.equal(Number(claims.exp) - Number(claims.iat), 90);
    assert.equal(claims["namespace"], "*");
    const list = await server.call("GET", "jobs", undefined, { headers: { "x-access-token": `Bearer ${data.token}` } });
    assert.equal(list.status, 200, list.text);
  });

  test("follows namespace, audiences and expiresIn of the request", async () => {
    const reply = await ask({ namespace: "stacks-1", audiences: ["a", "b"], expiresIn: 30 });
    const claims = decodeJwt(reply.json.data?.token ?? "");
    assert.deepEqual([claims["namespace"], claims.aud, Number(claims.exp) - Number(claims.iat)], ["stacks-1", ["a", "b"], 30]);
  });

  for (const headers of [{ authorization: "Bearer wrong" }, { authorization: "s3cret" }, { authorization: "Basic s3cret" }, {}]) {
    test(`refuses ${JSON.stringify(headers)} in the signer's words`, async () => {
      const reply = await ask(ASK, headers as Record<string, string>);
      assert.equal(reply.status, 401);
      assert.deepEqual(JSON.parse(reply.text), { status: "error", error: "invalid credentials" });
    });
  }

  for (
    const [body, error] of [
      [{ audiences: ["a"] }, "missing required namespace"],
      [{ namespace: "*" }, "missing required audiences"],
      [{ namespace: "*", audiences: [] }, "missing required audiences"],
      [{ ...ASK, expiresIn: "soon" }, "expiresIn must be whole seconds"],
      ["{", "the request body is not JSON"],
      ["", "missing required namespace"],
    ] as const
  ) {
    test(`refuses ${JSON.stringify(body)}: ${error}`, async () => {
      const reply = await ask(body);
      assert.deepEqual([reply.status, reply.json.error], [400, error]);
    });
  }

  test("other paths and methods are refused", async () => {
    assert.equal((await send("GET", server.exchangeUrl)).status, 405);
    assert.equal((await send("POST", `${server.exchangeUrl}/more`, ASK, { headers: GOOD })).status, 404);
  });

  test("tells the server's time", async () => {
    assert.equal((await ask(ASK)).headers["date"], "Thu, 01 Jan 2026 00:00:00 GMT");
  });
});
