// What a write that got no answer proves, on each host: nothing, once it was handed over.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { NetworkError } from "../../src/base/errors.ts";
import { type Api, createApi } from "../../src/kube/api.ts";
import { isUnsent } from "../../src/kube/status.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { type Listening, tcpServer } from "../support/servers.ts";

const host = await detectHost();
const never = new AbortController().signal;
const JOBS = { resource: "jobs" } as const;
const OBJECT = { metadata: { namespace: "default", name: "a", uid: "1", resourceVersion: "7" } };
const TEXT = JSON.stringify(OBJECT);

const WRITES: Readonly<Record<string, (api: Api) => Promise<unknown>>> = {
  PUT: (api) => api.replaceObject(JOBS, OBJECT, never),
  POST: (api) => api.createObject(JOBS, { metadata: { namespace: "default", name: "a" } }, never),
  DELETE: (api) => api.deleteObject(JOBS, { namespace: "default", name: "a", uid: "1" }, never),
};

function apiAt(port: number): Api & Disposable {
  const transport = createTransport({ host, tls: { insecure: false }, clock: systemClock, env: {} });
  const api = createApi({
    server: `http://127.0.0.1:${port}`,
    group: "provisioning.grafana.app",
    versions: ["v0alpha1"],
    fetch: transport.fetch,
    clock: systemClock,
    userAgent: "job-controller/test",
  });
  return Object.assign(api, { [Symbol.dispose]: () => transport.close() });
}

/** Methods as they come in; `take` decides what becomes of one that is no GET. */
async function server(take: (socket: Socket, listening: Listening) => void): Promise<Listening & { methods: string[] }> {
  const methods: string[] = [];
  const listening: Listening = await tcpServer((socket) =>
    socket.on("data", (bytes) => {
      const method = /^(GET|PUT|POST|DELETE) /.exec(String(bytes))?.[1];
      if (method === undefined) return;
      methods.push(method);
      if (method === "GET") socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${TEXT.length}\r\n\r\n${TEXT}`);
      else take(socket, listening);
    })
  );
  return Object.assign(listening, { methods });
}

for (const [method, write] of Object.entries(WRITES)) {
  describe(`a ${method} that gets no answer`, () => {
    test("is not taken for unsent where its connection was kept and the next is refused", async () => {
      await using site = await server((_socket, listening) => void listening[Symbol.asyncDispose]());
      using api = apiAt(site.port);
      await api.getObject(JOBS, { namespace: "default", name: "a" }, never);
      await assert.rejects(write(api), (error) => {
        assert.ok(error instanceof NetworkError, String(error));
        // The host may have tried again: then this is about the second try.
        assert.ok(error.reason === "refused" || error.reason === "closed", error.reason);
        return !isUnsent(error);
      });
      assert.deepEqual(site.methods, ["GET", method], "the server has it all the same");
    });

    test("is not taken for unsent where nobody listens", async () => {
      using api = apiAt(await closedPort());
      await assert.rejects(write(api), (error) => error instanceof NetworkError && error.reason === "refused" && !isUnsent(error));
    });
  });
}

describe("a PUT on a kept connection that breaks", () => {
  test("comes a second time, by the host's own doing and told as one sending", async () => {
    await using site = await server((socket) => socket.destroy());
    using api = apiAt(site.port);
    await api.getObject(JOBS, { namespace: "default", name: "a" }, never);
    let sends = 0;
    await assert.rejects(api.replaceObject(JOBS, OBJECT, never, () => sends++), NetworkError);
    assert.deepEqual([site.methods, sends], [["GET", "PUT", "PUT"], 1]);
  });
});
