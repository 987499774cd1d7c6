// Servers that are not ours, on loopback: openssl's, a node:tls peer in a process of its own, bare sockets, proxies.
// Each is closed by disposal.

import { type ChildProcess, spawn } from "node:child_process";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Directory, Pair } from "./certs.ts";

export interface Listening extends AsyncDisposable {
  port: number;
}

/** The Bun that the project pins, to run children whichever runtime runs the test. */
export const BUN = "Bun" in globalThis ? process.execPath : fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));

let files = 0;

/** Writes a pair's certificate and key; their paths. */
export async function writePair(directory: Directory, pair: { cert: string; key: string }): Promise<{ certFile: string; keyFile: string }> {
  const id = ++files;
  return { certFile: await directory.write(`${id}.crt`, pair.cert), keyFile: await directory.write(`${id}.key`, pair.key) };
}

export interface OpensslOptions {
  version?: "1.2" | "1.3";
  /** File of the CA that client certificates must come from; without it none is asked for. */
  clientCaFile?: string;
}

/** `openssl s_server`: answers any GET with a page. */
export async function opensslServer(directory: Directory, pair: Pair, options: OpensslOptions = {}): Promise<Listening> {
  const { certFile, keyFile } = await writePair(directory, pair);
  const flags = ["-accept", "127.0.0.1:0", "-cert", certFile, "-key", keyFile, "-www"];
  if (options.version !== undefined) flags.push(options.version === "1.2" ? "-tls1_2" : "-tls1_3");
  if (options.clientCaFile !== undefined) flags.push("-Verify", "1", "-verify_return_error", "-CAfile", options.clientCaFile);
  const child = spawn("openssl", ["s_server", ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  return { port: await announced(child, /^ACCEPT .*:(\d+)$/), [Symbol.asyncDispose]: () => killed(child) };
}

export interface TlsPeer extends Listening {
  /** Connections that have been accepted so far, handshake done. */
  connections(): Promise<number>;
}

export interface TlsPeerOptions {
  version?: "1.2" | "1.3";
  /** Closes without an alert when the client certificate is missing or from elsewhere. */
  refuse?: boolean;
}

/** tls-peer.ts in a process of its own. */
export async function tlsPeer(directory: Directory, pair: Pair, clientCaFile: string, options: TlsPeerOptions = {}): Promise<TlsPeer> {
  const { certFile, keyFile } = await writePair(directory, pair);
  const script = fileURLToPath(new URL("./tls-peer.ts", import.meta.url));
  const flags = [certFile, keyFile, clientCaFile, options.refuse ? "refuse" : "accept", `TLSv${options.version ?? "1.3"}`];
  const child = spawn(BUN, [script, ...flags], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const next = () => new Promise<string>((resolve) => lines.once("line", resolve));
  return {
    port: Number((await next()).split(" ")[1]),
    async connections() {
      const line = next();
      child.stdin.write("\n");
      return Number(await line);
    },
    [Symbol.asyncDispose]: () => killed(child),
  };
}

function announced(child: ChildProcess, pattern: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code} before it listened`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const port = pattern.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

/** A bare TCP server. */
export async function tcpServer(onConnection: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  return listening(server, sockets);
}

/** Accepts and never says a word. */
export function blackHole(): Promise<Listening> {
  return tcpServer(() => {});
}

/** A plain HTTP server on node:http. */
export async function httpServer(listener: RequestListener): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createHttpServer(listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return listening(server, sockets);
}

async function listening(server: Server, sockets: Set<Socket>): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export interface Proxy extends Listening {
  /** First line of each request as it came: `CONNECT host:port` or `GET http://host/path`. */
  requests: string[];
}

/** An HTTP proxy that leads every host to loopback; `status` other than 200 refuses. Knows CONNECT and absolute URLs. */
export async function loopbackProxy(status = 200): Promise<Proxy> {
  const requests: string[] = [];
  const server = await tcpServer((client) => {
    let head = "";
    const read = (bytes: Buffer) => {
      head += bytes.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      client.off("data", read);
      const [method = "", target = ""] = head.split(" ");
      requests.push(`${method} ${target}`);
      if (status !== 200) {
        client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const url = new URL(method === "CONNECT" ? `http://${target}` : target);
      const server = connect(Number(url.port), "127.0.0.1", () => {
        if (method === "CONNECT") client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        else server.write(head.replace(target, url.pathname + url.search));
        client.pipe(server).pipe(client);
      });
      server.on("error", () => client.destroy());
      client.on("close", () => server.destroy());
    };
    client.on("data", read);
  });
  return { ...server, requests };
}

/** The body of a request as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const bytes of request) text += String(bytes);
  return text;
}
