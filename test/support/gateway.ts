// A reverse proxy before a real API server, with TLS of its own and a flaw: what stands between clients and servers in
// practice. It has the rights of an administrator, whoever calls.

import { type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { Apiserver } from "../../scripts/apiserver.ts";
import { readFileSync } from "node:fs";
import { createAuthority } from "./certs.ts";

/** What it does to answers; nothing given = it only passes them on. */
export interface Flaw {
  /** Leaves out this header. */
  strips?: string;
  /** Breaks the connection of a watch after this time, ms. */
  cutsAfterMs?: number;
  /** Keeps the lines of watches until there are enough of them, which is never. */
  buffers?: true;
  /** Answers every request of this number and its multiples itself, as a proxy does that reaches no server. */
  fails?: number;
}

export interface Gateway extends AsyncDisposable {
  url: string;
  /** PEM of the CA that signed its certificate. */
  ca: string;
}

export async function openGateway({ url, admin, caFile }: Apiserver, flaw: Flaw): Promise<Gateway> {
  const authority = await createAuthority("gateway CA");
  const { cert, key } = await authority.server();
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ca: readFileSync(caFile), cert: admin.cert, key: admin.key });
  let asked = 0;
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    if (flaw.fails !== undefined && ++asked % flaw.fails === 0) return void outgoing.writeHead(502, { "content-type": "text/html" }).end("<h1>502 Bad Gateway</h1>");
    pass(incoming, outgoing, url, agent, flaw);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.cert,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string, agent: Agent, { strips, cutsAfterMs, buffers }: Flaw): void {
  const { method, url = "/" } = incoming;
  const streams = /[?&]watch=(?:1|true)/.test(url);
  const { host: _, connection: __, ...headers } = incoming.headers;
  const upstream = request(`${target}${url}`, { method, headers, agent }, (answer) => {
    const { connection: ___, "transfer-encoding": ____, ...kept } = answer.headers;
    if (strips !== undefined) delete kept[strips];
    outgoing.sendDate = false;
    outgoing.writeHead(answer.statusCode ?? 502, kept);
    if (streams) outgoing.flushHeaders();
    if (streams && cutsAfterMs !== undefined) setTimeout(() => outgoing.destroy(), cutsAfterMs);
    if (streams && buffers) answer.resume();
    else answer.pipe(outgoing);
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}
