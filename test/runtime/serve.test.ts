import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { serveHttp } from "../../src/runtime/serve.ts";

const NAME = "--health-probe-bind-address";

async function serving(handle: Parameters<typeof serveHttp>[0]["handle"]) {
  const server = await serveHttp({ host: "127.0.0.1", port: 0, name: NAME, handle });
  return { ...server, url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.close() };
}

describe("serveHttp()", () => {
  test("answers with the page for path and query", async () => {
    await using server = await serving((path, query) => ({ status: 503, body: `${path} ${query.get("exclude")}\n` }));
    const response = await fetch(`${server.url}/readyz?exclude=watch`);
    assert.deepEqual([response.status, await response.text()], [503, "/readyz watch\n"]);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  });

  test("answers HEAD without a body and refuses other methods", async () => {
    await using server = await serving(() => ({ status: 200, body: "ok\n" }));
    const head = await fetch(server.url, { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "3", ""]);
    const post = await fetch(server.url, { method: "POST", body: "x" });
    assert.deepEqual([post.status, await post.text()], [405, "method not allowed\n"]);
  });

  test("answers 500 when the page throws", async () => {
    await using server = await serving(() => {
      throw new Error("canary");
    });
    const response = await fetch(server.url);
    assert.deepEqual([response.status, await response.text()], [500, "internal error\n"]);
  });

  test("names the address that is taken", async () => {
    await using server = await serving(() => ({ status: 200, body: "" }));
    await assert.rejects(serveHttp({ host: "127.0.0.1", port: server.port, name: NAME, handle: () => ({ status: 200, body: "" }) }), {
      name: "ConfigError",
      message: `Cannot listen on ${NAME} "127.0.0.1:${server.port}": the port is taken; choose another one, or 0 for none`,
    });
  });

  test("names the address that is not this machine's", async () => {
    await assert.rejects(serveHttp({ host: "192.0.2.1", port: 0, name: NAME, handle: () => ({ status: 200, body: "" }) }), {
      name: "ConfigError",
      message: `Cannot listen on ${NAME} "192.0.2.1:0": it is no address of this machine`,
    });
  });

  test("closes although a connection is open and idle", { timeout: 30_000 }, async () => {
    const server = await serving(() => ({ status: 200, body: "" }));
    const socket = connect(server.port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    await server.close();
    await closed;
  });
});
