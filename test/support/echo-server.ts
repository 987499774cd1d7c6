// Token exchange and API behind mutual TLS in one server that can be told to answer anything, its callers' headers
// included. Knows which secrets reached it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Authority } from "./certs.ts";

export interface Echo {
  status?: number;
  statusText?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The body stays open after this text. */
  open?: boolean;
}

/** Undefined: the answer of a server that works. */
export type Answering = (request: IncomingMessage) => Echo | undefined;

export interface EchoServer extends AsyncDisposable {
  exchangeUrl: string;
  apiUrl: string;
  exchange: Answering;
  api: Answering;
  /** Values of the headers that hold secrets, each once. */
  readonly received: Set<string>;
  /** Serial numbers of client certificates, upper-case hexadecimal. */
  readonly serials: Set<string>;
  /** Mints what the exchange gives; every token it gave is in `minted`. */
  mint: () => string;
  readonly minted: string[];
}

export async function startEchoServer(authority: Authority, mint: () => string): Promise<EchoServer> {
  const pair = await authority.server();
  const tls = {
    allowHTTP1: true,
    cert: pair.cert,
    key: pair.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const sockets = new Set<Socket>();
  // The one of Bun's servers that tells of client certificates; none of the clients speaks HTTP/2.
  const server = createSecureServer(tls, (incoming, outgoing) => {
    const [request, response] = [incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse];
    request.resume();
    for (const name of ["authorization", "x-access-token"]) {
      const value = request.headers[name];
      if (typeof value === "string") echo.received.add(value.replace(/^Bearer /, ""));
    }
    const serial = (request.socket as TLSSocket).getPeerCertificate()?.serialNumber;
    if (serial !== undefined) echo.serials.add(serial.toUpperCase());
    const toExchange = request.url?.startsWith("/sign/") ?? false;
    answer(response, (toExchange ? echo.exchange : echo.api)(request) ?? (toExchange ? give() : healthy(request)));
  });
  server.on("secureConnection", (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const apiUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function give(): Echo {
    const token = echo.mint();
    echo.minted.push(token);
    return { body: JSON.stringify({ data: { token } }) };
  }

  const echo: EchoServer = {
    apiUrl,
    exchangeUrl: `${apiUrl}/sign/access-token`,
    exchange: () => undefined,
    api: () => undefined,
    received: new Set(),
    serials: new Set(),
    mint,
    minted: [],
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return echo;
}

function answer(response: ServerResponse, { status = 200, statusText, headers, body = "", open = false }: Echo): void {
  response.writeHead(status, statusText, { "content-type": "application/json", ...headers });
  if (!open) response.end(body);
  else if (body === "") response.flushHeaders();
  else response.write(body);
}

/** One job, one old record, a watch that says nothing, deletions that work. */
function healthy({ url = "/", method }: IncomingMessage): Echo {
  if (method === "DELETE") return { body: JSON.stringify({ kind: "Status", status: "Success" }) };
  if (url.includes("watch=true")) return { body: "", open: true };
  const kind = url.includes("/historicjobs") ? "HistoricJob" : "Job";
  const metadata = {
    namespace: "default",
    name: `one-${kind.toLowerCase()}`,
    uid: `uid-of-${kind}`,
    resourceVersion: "1",
    creationTimestamp: "2020-01-01T00:00:00Z",
  };
  const items = [{ metadata, spec: { action: "pull", repository: "test6" } }];
  return { body: JSON.stringify({ kind: `${kind}List`, metadata: { resourceVersion: "1" }, items }) };
}
