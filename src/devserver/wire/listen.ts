// Addresses to listening sockets, and their end. Knows nothing of what is served.

import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import { ConfigError } from "../../base/errors.ts";
import { Connections } from "./connections.ts";

export type Server = HttpServer | Http2SecureServer;

export interface Address {
  host: string;
  port: number;
}

export interface Listening {
  /** `host:port` as it stands in a URL. */
  at: string;
  connections: Connections;
  /** Presents these on connections to come; TLS servers only. */
  secure(context: { ca: string | string[]; cert: string; key: string }): void;
  /** Closes the listeners and breaks every connection, until the returned function listens again on the same port. */
  suspend(): Promise<() => Promise<void>>;
  /** Closes the listeners and breaks every connection. */
  close(): Promise<void>;
}

/** Without a host: all interfaces. @throws ConfigError */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? (plain === "" ? "0.0.0.0" : plain);
  if (host === undefined || Number(port) > 65_535) {
    throw new ConfigError(`Cannot listen on "${text}": expected host:port with a port from 0 to 65535, such as localhost:6446`);
  }
  return { host, port: Number(port) };
}

const ALL_INTERFACES: readonly string[] = ["0.0.0.0", "::"];

/** `host:port` as it stands in a URL. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where a client of this machine finds it: an address of all interfaces names none. */
function reachable({ host, port }: Address): Address {
  return { host: ALL_INTERFACES.includes(host) ? "localhost" : host, port };
}

/**
 * Listens with servers made by `make`. `localhost` is 127.0.0.1 and, where the machine has it, ::1 on the same port,
 * since clients differ in which they try.
 * @param name what the address was given with, for messages: `--api-address`
 * @throws ConfigError if the address is taken or not this machine's
 */
export async function listen(make: () => Server, address: Address, name: string): Promise<Listening> {
  const connections = new Connections();
  let { port, servers } = await openAll(make, address, connections, name);
  let closed = false;
  const closeServers = async () => {
    const closing = servers.map(closeServer);
    servers = [];
    connections.destroyAll();
    await Promise.all(closing);
  };
  return {
    at: formatAddress(reachable({ ...address, port })),
    connections,
    secure(context) {
      for (const server of servers) if ("setSecureContext" in server) server.setSecureContext(context);
    },
    async suspend() {
      await closeServers();
      return async () => {
        if (!closed && servers.length === 0) ({ port, servers } = await openAll(make, { ...address, port }, connections, name));
      };
    },
    async close() {
      closed = true;
      await closeServers();
    },
  };
}

type Opened = { port: number; servers: Server[] };

async function openAll(make: () => Server, address: Address, connections: Connections, name: string): Promise<Opened> {
  const servers: Server[] = [];
  const open = async (host: string, port: number): Promise<number> => {
    const server = make();
    const bound = await openServer(server, { host, port }, connections);
    servers.push(server);
    return bound;
  };
  try {
    const port = await open(address.host === "localhost" ? "127.0.0.1" : address.host, address.port);
    if (address.host === "localhost") {
      await open("::1", port).catch((error: unknown) => {
        if (codeOf(error) === "EADDRINUSE" && address.port !== 0) throw error;
      });
    }
    return { port, servers };
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    const rule = codeOf(error) === "EADDRINUSE"
      ? "a free port; stop what uses it or choose another, --port=0 takes free ones"
      : "an address of this machine";
    throw new ConfigError(`Cannot listen on ${name} "${formatAddress(address)}": expected ${rule} (${codeOf(error)})`, { cause: error });
  }
}

/** Idle connections are kept as long as Go's servers keep them: five seconds, the default here, race with clients that reuse one. */
const IDLE_MS = 90_000;

/** The port that it listens on. */
function openServer(server: Server, { host, port }: Address, connections: Connections): Promise<number> {
  const events = server as HttpServer;
  events.keepAliveTimeout = IDLE_MS;
  events.on("connection", (socket: Socket) => connections.add(socket));
  events.on("secureConnection", (socket: Socket) => connections.add(socket));
  return new Promise((resolve, reject) => {
    events.once("error", reject);
    events.listen(port, host, () => {
      const bound = events.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? error);
}
