// A small HTTP server for pages of a few lines: health. GET and HEAD only; nothing is read from a body.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError, messageOf } from "../base/errors.ts";

export interface Page {
  status: number;
  body: string;
  /** Default `text/plain; charset=utf-8`. */
  contentType?: string;
}

export interface ServeOptions {
  /** Empty: all interfaces. */
  host: string;
  port: number;
  /** What the address was given with, for messages: `--health-probe-bind-address`. */
  name: string;
  handle(path: string, query: URLSearchParams): Page;
}

export interface HttpServer {
  port: number;
  /** Stops listening and closes what is open. */
  close(): Promise<void>;
}

/**
 * Listens.
 * @throws ConfigError naming the address: taken, not this machine's, a port that needs privileges.
 */
export async function serveHttp({ host, port, name, handle }: ServeOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    request.resume();
    const page = pageFor(request.method ?? "GET", request.url ?? "/", handle);
    const body = Buffer.from(page.body);
    response.writeHead(page.status, {
      "content-type": page.contentType ?? "text/plain; charset=utf-8",
      "content-length": body.length,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`Cannot listen on ${name} "${host}:${port}": ${reasonOf(error)}`, { cause: error }));
    };
    server.once("error", refuse);
    const listening = () => {
      server.off("error", refuse);
      server.on("error", () => {});
      resolve();
    };
    if (host === "") server.listen(port, listening);
    else server.listen(port, host, listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pageFor(method: string, target: string, handle: ServeOptions["handle"]): Page {
  if (method !== "GET" && method !== "HEAD") return { status: 405, body: "method not allowed\n" };
  try {
    const url = new URL(target, "http://localhost");
    return handle(url.pathname, url.searchParams);
  } catch {
    return { status: 500, body: "internal error\n" };
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "the port is taken; choose another one, or 0 for none";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    // Deno's name for it.
    case "EINVAL":
      return "it is no address of this machine";
    case "EACCES":
    case "EPERM":
      return "permission denied; choose a port above 1023";
    default:
      return messageOf(error);
  }
}
