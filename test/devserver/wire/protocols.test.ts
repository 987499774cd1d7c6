import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, constants } from "node:http2";
import { request } from "node:https";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startDevserver, type TestDevserver } from "../../support/devserver.ts";

interface Got {
  status: number;
  headers: Record<string, unknown>;
  bytes: Buffer;
}

type Get = (server: TestDevserver, method: string, path: string, headers: Record<string, string>) => Promise<Got>;

const JOBS = "/apis/provisioning.grafana.app/v0alpha1/jobs";

const overHttp1: Get = ({ apiUrl, certificates: { ca } }, method, path, headers) =>
  new Promise((resolve, reject) => {
    request(`${apiUrl}${path}`, { method, headers, ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }));
    }).on("error", reject).end();
  });

const overHttp2: Get = async ({ apiUrl, certificates: { ca } }, method, path, headers) => {
  const session = connect(apiUrl, { ca });
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":method": method, ":path": path, ...headers });
      let head: Record<string, unknown> = {};
      const chunks: Buffer[] = [];
      stream.on("response", (given) => (head = given));
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on(
        "end",
        () => resolve({ status: Number(head[constants.HTTP2_HEADER_STATUS]), headers: head, bytes: Buffer.concat(chunks) }),
      );
      stream.on("error", reject);
      stream.end();
    });
  } finally {
    session.close();
  }
};

for (const [name, get] of [["HTTP/1.1", overHttp1], ["HTTP/2", overHttp2]] as const) {
  describe(`the API over ${name}`, () => {
    let server: TestDevserver;
    let auth: Record<string, string>;
    before(async () => {
      server = await startDevserver({ era: "kubernetes" });
      auth = { "x-access-token": await server.mintToken() };
      server.store.create("jobs", {
        metadata: { name: "large", namespace: "a", annotations: { text: "x".repeat(140_000) } },
        spec: {},
      });
    });
    after(() => server.close());

    test("compresses a large list, and nothing that is small", async () => {
      const large = await get(server, "GET", JOBS, { ...auth, "accept-encoding": "gzip" });
      assert.deepEqual([large.status, large.headers["content-encoding"], large.headers["vary"]], [
        200,
        "gzip",
        "Accept-Encoding",
      ]);
      assert.equal(large.headers["content-length"], String(large.bytes.length));
      const plain = await get(server, "GET", JOBS, auth);
      assert.equal(plain.headers["content-encoding"], undefined);
      assert.deepEqual(gunzipSync(large.bytes), plain.bytes);
      const small = await get(server, "GET", `${JOBS}?labelSelector=none`, { ...auth, "accept-encoding": "gzip" });
      assert.equal(small.headers["content-encoding"], undefined);
    });

    test("answers HEAD with the headers of GET and no body", async () => {
      for (const path of ["/version", JOBS]) {
        const [head, full] = [await get(server, "HEAD", path, auth), await get(server, "GET", path, auth)];
        assert.deepEqual([head.status, head.bytes.length], [200, 0], path);
        assert.equal(head.headers["content-length"], full.headers["content-length"]);
      }
    });

    test("reads a question mark in the query as part of it", async () => {
      const { status, bytes } = await get(server, "GET", `${JOBS}?labelSelector=a?b`, auth);
      assert.deepEqual([status, /"a\?b"/.test(bytes.toString().replaceAll("\\", ""))], [400, true]);
    });

    test("indents for curl", async () => {
      const { bytes } = await get(server, "GET", "/version", { ...auth, "user-agent": "curl/8.5.0" });
      assert.match(bytes.toString(), /^\{\n {2}"major": "1",\n/);
    });
  });
}

test("a whole URL stands for its path over HTTP/1.1", async () => {
  await using server = await startDevserver();
  const { port } = new URL(server.apiUrl);
  const body = await new Promise<string>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "https://elsewhere:1/version?a=b", ca: server.certificates.ca, agent: false };
    request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk)).on("end", () => resolve(text));
    }).on("error", reject).end();
  });
  assert.match(body, /^\{"major":"1"/);
});

describe("a client that leaves in the middle of its request", () => {
  const upload = { "content-type": "application/json", "content-length": "1000" };
  const leave: Record<string, (server: TestDevserver, path: string, auth: Record<string, string>, met: Promise<void>) => Promise<void>> = {
    async "HTTP/1.1"({ apiUrl, certificates: { ca } }, path, auth, met) {
      const sending = request(`${apiUrl}${path}`, { method: "POST", headers: { ...auth, ...upload }, ca, agent: false });
      sending.on("error", () => {});
      sending.write("{");
      await met;
      sending.destroy();
    },
    async "HTTP/2"({ apiUrl, certificates: { ca } }, path, auth, met) {
      const session = connect(apiUrl, { ca });
      const stream = session.request({ ":method": "POST", ":path": path, ...auth, ...upload });
      stream.on("error", () => {});
      stream.write("{");
      await met;
      stream.close(constants.NGHTTP2_CANCEL);
      session.close();
    },
  };
  for (const [name, leaves] of Object.entries(leave)) {
    test(`is logged as such over ${name}`, async () => {
      const { promise: met, resolve: meet } = Promise.withResolvers<void>();
      const { promise: line, resolve: write } = Promise.withResolvers<string>();
      const onRequest = () => {
        meet();
        return undefined;
      };
      await using server = await startDevserver({ logRequests: true, write, onRequest });
      await leaves(server, "/apis/provisioning.grafana.app/v0alpha1/namespaces/a/jobs", { "x-access-token": await server.mintToken() }, met);
      assert.match(await line, /^api POST \S+\/jobs abort \d+ms/);
    });
  }
});
