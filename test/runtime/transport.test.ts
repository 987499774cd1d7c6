import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { after, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { NetworkError } from "../../src/base/errors.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import type { Environment } from "../../src/runtime/proxy.ts";
import type { Transport } from "../../src/runtime/runtime.ts";
import { loadTlsMaterial } from "../../src/runtime/tls-material.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { createSelfSigned, readText } from "../support/certs.ts";
import { ended, startScript } from "../support/children.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { blackHole, bodyOf, httpServer, loopbackProxy, opensslServer, tcpServer, tlsPeer } from "../support/servers.ts";
import { createStage, DENO_DIFFERENCES } from "../support/tls-rows.ts";
import type { ChildRequest } from "../support/transport-child.ts";

const host = await detectHost();
const stage = await createStage();

const PLAIN = { insecure: false };

function plain(options: { clock?: ManualClock; env?: Environment } = {}): Transport {
  return createTransport({ host, tls: PLAIN, clock: options.clock ?? systemClock, env: options.env ?? {} });
}

interface TlsOptions {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  serverName?: string;
  insecure?: boolean;
}

async function secure(options: TlsOptions, env: Environment = {}): Promise<Transport> {
  const { material } = await loadTlsMaterial({ insecure: false, ...options }, readText, Date.now());
  return createTransport({ host, tls: material, clock: systemClock, env });
}

function message(text: string, reason: NetworkError["reason"]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof NetworkError, String(error));
    assert.equal(error.message, text);
    assert.equal(error.reason, reason);
    return true;
  };
}

/** A server of one chunked response that is written by hand. */
async function streamServer() {
  let opened: (socket: Socket) => void;
  const socket = new Promise<Socket>((resolve) => {
    opened = resolve;
  });
  const server = await tcpServer((client) => {
    client.once("data", () => {
      opened(client);
      client.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    });
  });
  return { ...server, socket, url: `http://localhost:${server.port}/` };
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

async function nextText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { done, value } = await reader.read();
  return done ? undefined : new TextDecoder().decode(value);
}

/** Resolves once memory that nobody holds has been collected. */
async function collected(): Promise<void> {
  let done = false;
  const registry = new FinalizationRegistry(() => (done = true));
  (() => registry.register({}, undefined))();
  while (!done) {
    new Uint8Array(32 * 1024 * 1024).fill(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("transport", () => {
  test("sends method, headers and body and returns status, headers and body", async () => {
    await using server = await httpServer(async (request: IncomingMessage, response) => {
      response.writeHead(418, "Teapot", { "x-method": request.method, "x-seen": request.headers["x-sent"] });
      response.end(await bodyOf(request));
    });
    const url = `http://localhost:${server.port}/path?a=b`;
    const response = await plain().fetch(url, { method: "DELETE", headers: { "X-Sent": "yes" }, body: "preconditions" });
    assert.equal(response.status, 418);
    assert.equal(response.url, url);
    assert.deepEqual([response.headers.get("x-method"), response.headers.get("x-seen")], ["DELETE", "yes"]);
    assert.equal(await response.text(), "preconditions");
  });

  test("returns a response without a body", async () => {
    await using server = await httpServer((_request, response) => response.writeHead(204).end());
    const response = await plain().fetch(`http://localhost:${server.port}/`);
    assert.deepEqual([response.status, response.body], [204, null]);
  });

  test("hands a 400 of a plain server through with its body", async () => {
    await using server = await httpServer((_request, response) => response.writeHead(400).end("no such field"));
    const response = await plain().fetch(`http://localhost:${server.port}/`);
    assert.deepEqual([response.status, await response.text()], [400, "no such field"]);
  });

  test("returns a redirect as it is and asks nobody else", async () => {
    const paths: (string | undefined)[] = [];
    await using server = await httpServer((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const response = await plain().fetch(`http://localhost:${server.port}/first`, { redirect: "follow" });
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("location"), paths], [307, "/elsewhere", ["/first"]]);
  });

  test("closes the connection of a body that is cancelled", async () => {
    await using server = await streamServer();
    const response = await plain().fetch(server.url);
    const socket = await server.socket;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await response.body?.cancel();
    await closed;
  });

  test("lets requests in flight finish after close() and takes new ones", async () => {
    await using server = await streamServer();
    const transport = plain();
    const request = transport.fetch(server.url);
    await server.socket;
    transport.close();
    const response = await request;
    transport.close();
    (await server.socket).end(`${chunk("all of it")}0\r\n\r\n`);
    assert.equal(await response.text(), "all of it");
    await using other = await httpServer((_request, answer) => answer.end("again"));
    assert.equal(await (await transport.fetch(`http://localhost:${other.port}/`)).text(), "again");
  });

  test("says that a response broke off when the server dies in the middle of it", async () => {
    await using server = await streamServer();
    const response = await plain().fetch(server.url);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const socket = await server.socket;
    socket.write(chunk("one"));
    assert.equal(await nextText(reader), "one");
    socket.destroy();
    await assert.rejects(
      nextText(reader),
      message(`Lost the connection to localhost:${server.port}: it broke off in the middle of the response`, "cut"),
    );
  });

  test("says that the server closed the connection when it does so without an answer", async () => {
    await using server = await tcpServer((socket) => socket.once("data", () => socket.destroy()));
    await assert.rejects(
      plain().fetch(`http://localhost:${server.port}/`),
      message(`Cannot connect to localhost:${server.port}: the server closed the connection without an answer; check its log`, "closed"),
    );
  });

  test("says that an answer is not HTTP", async () => {
    await using server = await tcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"));
    await assert.rejects(
      plain().fetch(`http://localhost:${server.port}/`),
      message(`Cannot connect to localhost:${server.port}: the answer is not HTTP; check the port`, "other"),
    );
  });

  test("looks at a server that keeps failing once a minute, not at each request", async () => {
    let connections = 0;
    await using server = await tcpServer((socket) => {
      connections++;
      socket.once("data", () => socket.destroy());
    });
    const transport = await secure({ caFile: stage.caFile });
    const attempt = () => transport.fetch(`https://localhost:${server.port}/`, { method: "POST", body: "x" }).catch(() => {});
    await attempt();
    const first = connections;
    await attempt();
    const second = connections - first;
    assert.equal(first - second, 1);
  });
});

describe("transport, deadlines", () => {
  test("gives up when no headers have come within 30 seconds, to the millisecond", async () => {
    await using server = await blackHole();
    const clock = new ManualClock();
    let failed: unknown;
    const request = plain({ clock }).fetch(`http://localhost:${server.port}/`);
    const rejected = request.catch((error: unknown) => {
      failed = error;
    });
    await clock.sleeping();
    await clock.advance(29_999);
    assert.equal(failed, undefined);
    await clock.advance(1);
    await rejected;
    message(
      `Cannot connect to localhost:${server.port}: no answer within 30s; check the address and that no firewall is in between`,
      "timeout",
    )(failed);
  });

  test("follows the headers deadline of the call", async () => {
    await using server = await blackHole();
    const clock = new ManualClock();
    const request = plain({ clock }).fetch(`http://localhost:${server.port}/`, { headersTimeoutMs: 1500 });
    await clock.sleeping();
    assert.equal(clock.nextMs, 1500);
    const rejected = assert.rejects(request, /no answer within 1.5s;/);
    await clock.advance(1500);
    await rejected;
  });

  test("has no headers deadline when told so", async () => {
    let connected: () => void;
    const connection = new Promise<void>((resolve) => {
      connected = resolve;
    });
    await using server = await tcpServer(() => connected());
    const clock = new ManualClock();
    const stop = new AbortController();
    const request = plain({ clock }).fetch(`http://localhost:${server.port}/`, { headersTimeoutMs: false, signal: stop.signal });
    await connection;
    assert.equal(clock.sleepers, 0);
    const reason = new Error("enough");
    stop.abort(reason);
    await assert.rejects(request, (error) => error === reason);
  });

  test("leaves no timer behind once headers and body have come", async () => {
    await using server = await httpServer((_request, response) => response.end("text"));
    const clock = new ManualClock();
    const response = await plain({ clock }).fetch(`http://localhost:${server.port}/`);
    assert.equal(await response.text(), "text");
    assert.equal(clock.sleepers, 0);
  });

  test("gives up a body that is silent for 30 seconds after its last byte", async () => {
    await using server = await streamServer();
    const clock = new ManualClock();
    const response = await plain({ clock }).fetch(server.url);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const socket = await server.socket;
    socket.write(chunk("one"));
    assert.equal(await nextText(reader), "one");
    const second = nextText(reader);
    await clock.sleeping();
    await clock.advance(29_000);
    socket.write(chunk("two"));
    assert.equal(await second, "two");
    const third = nextText(reader);
    let failed: unknown;
    const rejected = third.catch((error: unknown) => {
      failed = error;
    });
    await clock.advance(29_999);
    assert.equal(failed, undefined);
    await clock.advance(1);
    await rejected;
    message(`Lost the connection to localhost:${server.port}: not a byte came for 30s`, "silence")(failed);
    if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
  });

  test("gives up a silent body also after memory was collected", async () => {
    await using server = await streamServer();
    const clock = new ManualClock();
    const reader = await (async () => ((await plain({ clock }).fetch(server.url)).body as ReadableStream<Uint8Array>).getReader())();
    const lost = message(`Lost the connection to localhost:${server.port}: not a byte came for 30s`, "silence");
    const waiting = assert.rejects(nextText(reader), lost);
    await collected();
    await clock.advance(30_000);
    await waiting;
  });

  test("does not count the time in which nobody reads as silence", async () => {
    await using server = await streamServer();
    const clock = new ManualClock();
    const response = await plain({ clock }).fetch(server.url, { silenceTimeoutMs: 1000 });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const socket = await server.socket;
    socket.write(chunk("one"));
    assert.equal(await nextText(reader), "one");
    await clock.advance(3_600_000);
    socket.write(chunk("two"));
    assert.equal(await nextText(reader), "two");
    await reader.cancel();
    await settle();
    assert.equal(clock.sleepers, 0);
  });

  test("lets a quiet body be quiet when told so", async () => {
    await using server = await streamServer();
    const clock = new ManualClock();
    const response = await plain({ clock }).fetch(server.url, { silenceTimeoutMs: false });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = nextText(reader);
    await clock.advance(3_600_000);
    assert.equal(clock.sleepers, 0);
    (await server.socket).write(chunk("late"));
    assert.equal(await first, "late");
    await reader.cancel();
  });

  // BUN_CONFIG_HTTP_IDLE_TIMEOUT shortens the cut that Bun makes after 5 to 6 minutes. A fetch of Bun's own shows that it is at work.
  if (host.name === "bun") {
    test("keeps a quiet watch that Bun itself would cut", { timeout: 60_000 }, async () => {
      const sockets: Socket[] = [];
      let both: () => void;
      const open = new Promise<void>((resolve) => {
        both = resolve;
      });
      await using server = await tcpServer((socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          if (sockets.push(socket) === 2) both();
        });
      });
      const child = startScript("quiet-watch.ts", [`http://127.0.0.1:${server.port}/`], { env: { BUN_CONFIG_HTTP_IDLE_TIMEOUT: "1" } });
      const done = ended(child);
      await open;
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      for (const socket of sockets) if (!socket.destroyed) socket.end(`${chunk("awake")}0\r\n\r\n`);
      assert.deepEqual((await done).stdout, "cut: TimeoutError\nread: awake\n");
    });
  }
});

describe("transport, abort", () => {
  test("rejects with the signal's reason before anything was sent", async () => {
    const reason = new Error("shutdown");
    await assert.rejects(plain().fetch("http://localhost:1/", { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  });

  for (const scheme of ["http", "https"]) {
    test(`rejects with the signal's reason while ${scheme} headers are awaited`, async () => {
      const stop = new AbortController();
      const reason = new Error("shutdown");
      await using server = await tcpServer((socket) => socket.once("data", () => stop.abort(reason)));
      await assert.rejects(plain().fetch(`${scheme}://localhost:${server.port}/`, { signal: stop.signal }), (error) => error === reason);
    });
  }

  test("rejects a pending read with the signal's reason and closes the connection", async () => {
    await using server = await streamServer();
    const stop = new AbortController();
    const reason = new Error("shutdown");
    const response = await plain().fetch(server.url, { signal: stop.signal });
    const socket = await server.socket;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const text = response.text();
    stop.abort(reason);
    await assert.rejects(text, (error) => error === reason);
    await closed;
  });

  test("forgets the signal once the body has ended", async () => {
    await using server = await httpServer((_request, response) => response.end("text"));
    const stop = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = stop.signal;
    stop.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(stop.signal, args);
    };
    stop.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(stop.signal, args);
    };
    const response = await plain().fetch(`http://localhost:${server.port}/`, { signal: stop.signal });
    assert.equal(listeners, 1);
    await response.text();
    assert.equal(listeners, 0);
    await plain().fetch(`http://localhost:${await closedPort()}/`, { signal: stop.signal }).catch(() => {});
    assert.equal(listeners, 0);
  });
});

describe("transport, TLS", () => {
  test("trusts a server of the given CA, by name and by IP", async () => {
    await using server = await opensslServer(stage.directory, await stage.ca.server());
    const transport = await secure({ caFile: stage.caFile });
    for (const name of ["localhost", "127.0.0.1"]) {
      const response = await transport.fetch(`https://${name}:${server.port}/`);
      await response.text();
      assert.equal(response.status, 200);
    }
  });

  test("shows the client certificate", async () => {
    const pair = await stage.ca.client();
    const certFile = await stage.directory.write("shown.crt", pair.cert);
    const keyFile = await stage.directory.write("shown.key", pair.key);
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const transport = await secure({ caFile: stage.caFile, certFile, keyFile });
    const response = await transport.fetch(`https://localhost:${server.port}/serial`);
    assert.equal(await response.text(), pair.serial);
  });

  test("uses one connection for requests that follow each other", async () => {
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const transport = await secure({ caFile: stage.caFile });
    for (let request = 0; request < 5; request++) await (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    assert.equal(await server.connections(), 1);
  });

  test("trusts a self-signed server certificate that is given as the CA, unless it is a CA under Deno", async () => {
    for (const certificateAuthority of [false, true]) {
      const pair = await createSelfSigned({ certificateAuthority });
      await using server = await opensslServer(stage.directory, pair);
      const transport = await secure({ caFile: await stage.directory.write("pinned.crt", pair.cert) });
      const request = transport.fetch(`https://localhost:${server.port}/`);
      if (certificateAuthority && host.name === "deno") {
        const text = DENO_DIFFERENCES.selfSignedCa.message;
        await assert.rejects(request, message(`Cannot connect to localhost:${server.port}: ${text}`, "tls-self-signed"));
        continue;
      }
      const response = await request;
      await response.text();
      assert.equal(response.status, 200);
    }
  });

  test("skips verification when insecure, or says how to under Deno", async () => {
    await using server = await opensslServer(stage.directory, await createSelfSigned({ hosts: ["elsewhere.example"] }));
    const ask = async () => (await (await secure({ insecure: true })).fetch(`https://localhost:${server.port}/`)).status;
    if (host.name === "bun") assert.equal(await ask(), 200);
    else await assert.rejects(ask(), { name: "ConfigError", message: DENO_DIFFERENCES.insecure.message });
  });

  test("verifies the server name that was given in place of the URL's host, or says how to under Deno", async () => {
    await using server = await opensslServer(stage.directory, await stage.ca.server({ hosts: ["api.example"] }));
    const ask = async (serverName: string) => {
      const transport = await secure({ caFile: stage.caFile, serverName });
      return (await transport.fetch(`https://127.0.0.1:${server.port}/`)).status;
    };
    if (host.name === "deno") {
      await assert.rejects(ask("api.example"), { name: "ConfigError", message: DENO_DIFFERENCES.serverName.message });
      return;
    }
    assert.equal(await ask("api.example"), 200);
    await assert.rejects(
      ask("other.example"),
      message(
        `Cannot connect to 127.0.0.1:${server.port}: its certificate is for api.example and not for "other.example" (--tls-server-name); ` +
          "use such a host in the URL, or name one of them with --tls-server-name",
        "tls-name",
      ),
    );
  });

  async function children(requests: ChildRequest[], env: Record<string, string>): Promise<(number | string)[]> {
    const { stdout } = await ended(startScript("transport-child.ts", [JSON.stringify(requests)], { env }));
    return JSON.parse(stdout) as (number | string)[];
  }

  test("trusts the given CA alone, beside the machine's under Deno", async () => {
    await using server = await opensslServer(stage.directory, await stage.ca.server());
    const url = `https://localhost:${server.port}/`;
    // These variables add the server's CA to the machine's.
    const env = { SSL_CERT_FILE: stage.caFile, DENO_CERT: stage.caFile };
    const [machine, given] = await children([{ url }, { url, caFile: stage.otherCaFile }], env);
    assert.equal(machine, 200);
    if (host.name === "deno") assert.equal(given, 200);
    else assert.match(String(given), /which is not in --tls-ca-file; give that CA with --tls-ca-file$/);
  });

  test("verifies although the environment says not to", async () => {
    await using server = await opensslServer(stage.directory, await stage.ca.server());
    const url = `https://localhost:${server.port}/`;
    const [refused] = await children([{ url, caFile: stage.otherCaFile }], { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    assert.match(String(refused), /^Cannot connect to localhost:\d+: its certificate was issued by/);
  });

  test("prints no request although the environment says so", async () => {
    await using server = await httpServer((_request, response) => response.end());
    const requests: ChildRequest[] = [{ url: `http://localhost:${server.port}/`, headers: { authorization: "Bearer canary" } }];
    const { stdout, stderr } = await ended(
      startScript("transport-child.ts", [JSON.stringify(requests)], { env: { BUN_CONFIG_VERBOSE_FETCH: "curl" } }),
    );
    assert.deepEqual([stdout, stderr], ["[200]\n", ""]);
  });
});

async function withVariable(name: string, value: string, run: () => Promise<void>): Promise<void> {
  const saved = process.env[name];
  process.env[name] = value;
  try {
    await run();
  } finally {
    if (saved === undefined) delete process.env[name];
    else process.env[name] = saved;
  }
}

describe("transport, proxies", () => {
  // In the last describe, as Deno runs no after() outside of one.
  after(() => stage[Symbol.asyncDispose]());

  test("sends plain requests to the proxy as a whole", async () => {
    await using server = await httpServer((request, response) => response.end(request.url));
    await using proxy = await loopbackProxy();
    const transport = plain({ env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } });
    const response = await transport.fetch(`http://api.example:${server.port}/path`);
    assert.equal(await response.text(), "/path");
    assert.deepEqual(proxy.requests, [`GET http://api.example:${server.port}/path`]);
  });

  test("tunnels TLS through the proxy and verifies the server at its end", async () => {
    await using server = await opensslServer(stage.directory, await stage.ca.server({ hosts: ["api.example"] }));
    await using proxy = await loopbackProxy();
    const env = { https_proxy: `127.0.0.1:${proxy.port}` };
    const url = `https://api.example:${server.port}/`;
    const response = await (await secure({ caFile: stage.caFile }, env)).fetch(url);
    await response.text();
    assert.equal(response.status, 200);
    await assert.rejects((await secure({ caFile: stage.otherCaFile }, env)).fetch(url), /its certificate was issued by an unknown CA, which is not in/);
    assert.equal(proxy.requests[0], `CONNECT api.example:${server.port}`);
  });

  test("goes straight to a host in NO_PROXY", async () => {
    await using proxy = await loopbackProxy();
    const transport = plain({ env: { ALL_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "other.example,.invalid" } });
    await assert.rejects(transport.fetch("http://api.invalid:6446/"), /^NetworkError: Cannot connect to api.invalid:6446: the host name /);
    assert.deepEqual(proxy.requests, []);
  });

  test("goes straight to loopback whatever the variables and the process's own environment say", async () => {
    await using server = await httpServer((_request, response) => response.end("direct"));
    await using proxy = await loopbackProxy();
    const address = `http://127.0.0.1:${proxy.port}`;
    await withVariable("HTTP_PROXY", address, async () => {
      for (const name of ["localhost", "127.0.0.1"]) {
        const response = await plain({ env: { HTTP_PROXY: address, ALL_PROXY: address } }).fetch(`http://${name}:${server.port}/`);
        assert.equal(await response.text(), "direct");
      }
    });
    assert.deepEqual(proxy.requests, []);
  });

  test("reads the exceptions where it reads the proxies, not in the process's own environment", async () => {
    await using server = await httpServer((_request, response) => response.end("proxied"));
    await using proxy = await loopbackProxy();
    await withVariable("NO_PROXY", "api.example", async () => {
      const transport = plain({ env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } });
      assert.equal(await (await transport.fetch(`http://api.example:${server.port}/`)).text(), "proxied");
    });
    assert.equal(proxy.requests.length, 1);
  });

  test("names the proxy, without its password, when it cannot be reached", async () => {
    const port = await closedPort();
    const transport = plain({ env: { HTTP_PROXY: `http://user:canary@127.0.0.1:${port}` } });
    await assert.rejects(
      transport.fetch("http://api.example:6446/"),
      message(
        `Cannot connect to api.example:6446: connection refused at the proxy 127.0.0.1:${port}; check HTTP_PROXY, or add api.example to NO_PROXY`,
        "proxy",
      ),
    );
  });

  test("names the proxy that refuses a tunnel, and its status under Bun", async () => {
    await using proxy = await loopbackProxy(403);
    const transport = await secure({ caFile: stage.caFile }, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const status = host.name === "bun" ? " with status 403" : "";
    await assert.rejects(
      transport.fetch("https://api.example:6446/"),
      message(
        `Cannot connect to api.example:6446: the proxy 127.0.0.1:${proxy.port} refuses it${status}; check HTTPS_PROXY, or add api.example to NO_PROXY`,
        "proxy",
      ),
    );
  });

  test("takes a 407 for the proxy's, not for the server's", async () => {
    await using proxy = await loopbackProxy(407);
    await assert.rejects(
      plain({ env: { http_proxy: `http://127.0.0.1:${proxy.port}` } }).fetch("http://api.example:6446/"),
      message(
        `Cannot connect to api.example:6446: the proxy 127.0.0.1:${proxy.port} refuses it with status 407; check http_proxy, or add api.example to NO_PROXY`,
        "proxy",
      ),
    );
  });

  test("refuses a proxy that is none", async () => {
    await assert.rejects(
      plain({ env: { ALL_PROXY: "socks5://user:canary@localhost:1080" } }).fetch("http://api.example/"),
      message("Cannot use the proxy in ALL_PROXY: expected an address such as http://proxy.example:3128; correct or unset ALL_PROXY", "proxy"),
    );
  });
});
