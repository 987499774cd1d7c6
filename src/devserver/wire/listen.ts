// Addresses to listening sockets, and their end. Knows nothing of what is served.

import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import { ConfigError } from "../../base/errors.ts";

export type Server = HttpServer | Http2SecureServer;

export interface Address {
  host: string;
  port: number;
}

export interface Listening {
  port: number;
  /** Closes the listeners and breaks every connection. */
  close(): Promise<void>;
}

/** @throws ConfigError */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new ConfigError(`Cannot listen on "${text}": expected host:port with a port from 0 to 65535, such as localhost:6446`);
  }
  return { host, port: Number(port) };
}

/** `host:port` as it stands in a URL. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Listens with servers made by `make`. `localhost` is 127.0.0.1 and, where the machine has it, ::1 on the same port,
 * since clients differ in which they try.
 * @throws ConfigError if the address is taken or not this machine's
 */
export async function listen(make: () => Server, address: Address): Promise<Listening> {
  const opened: Opened[] = [];
  const close = async () => void (await Promise.all(opened.map((server) => server.close())));
  try {
    const first = await open(make(), address.host === "localhost" ? { ...address, host: "127.0.0.1" } : address);
    opened.push(first);
    if (address.host === "localhost") {
      const second = await open(make(), { host: "::1", port: first.port }).catch((error: unknown) => {
        if (codeOf(error) === "EADDRINUSE" && address.port !== 0) throw error;
        return undefined;
      });
      if (second !== undefined) opened.push(second);
    }
    return { port: first.port, close };
  } catch (error) {
    await close();
    const rule = codeOf(error) === "EADDRINUSE"
      ? "a free port; stop what uses it or choose another"
      : "an address of this machine";
    throw new ConfigError(`Cannot listen on "${formatAddress(address)}": expected ${rule} (${codeOf(error)})`, { cause: error });
  }
}

/** Idle connections are kept as long as Go's servers keep them: five seconds, the default here, race with clients that reuse one. */
const IDLE_MS = 90_000;

interface Opened {
  port: number;
  close(): Promise<void>;
}

function open(server: Server, { host, port }: Address): Promise<Opened> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that breaks off is no fault of the server.
    socket.on("error", () => {});
  };
  const events = server as HttpServer;
  events.keepAliveTimeout = IDLE_MS;
  events.on("connection", keep);
  events.on("secureConnection", keep);
  const close = () =>
    new Promise<void>((resolve) => {
      events.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    events.once("error", reject);
    events.listen(port, host, () => {
      const bound = events.address();
      resolve({ port: typeof bound === "object" && bound !== null ? bound.port : port, close });
    });
  });
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? error);
}
