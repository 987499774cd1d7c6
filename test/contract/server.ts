// What facts are told of: a server behind one HTTP client, and the fact's own place on it. Knows neither facts nor flips.

import { AssertionError } from "node:assert";
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { Body } from "../../src/verify/body.ts";

export const GROUP = "provisioning.grafana.app";
export const API = `/apis/${GROUP}/v0alpha1`;
/** Where the identity `team` has its rights; scripts/apiserver.ts makes it. */
export const TEAM_NAMESPACE = "team-a";

export type Headers = Record<string, string>;

export interface Reply {
  status: number;
  /** Names in lower case. */
  headers: IncomingMessage["headers"];
  text: string;
  /** The body as it came. */
  bytes: Uint8Array;
  /** The body parsed; throws if it is not JSON. */
  readonly json: Body;
}

export interface WatchEvent {
  type: string;
  object: Body;
}

/** A watch that is read line by line. */
export interface Lines {
  status: number;
  headers: IncomingMessage["headers"];
  /** The next event; undefined at a polite end. Throws an AssertionError when none comes in time, or something else does. */
  next(): Promise<WatchEvent | undefined>;
  /** The next event, which must be there. */
  event(): Promise<WatchEvent>;
  /** Everything up to the polite end. */
  all(): Promise<WatchEvent[]>;
  close(): void;
}

export interface ContractServer {
  /** A body that is text goes out as it is, anything else as JSON. */
  request(method: string, path: string, body?: unknown, headers?: Headers): Promise<Reply>;
  /** Opens a watch and reads it by lines, whatever the status. */
  watch(path: string, headers?: Headers): Promise<Lines>;
  close(): void;
}

export interface Access {
  url: string;
  ca: string;
  cert?: string;
  key?: string;
  /** Sent with every request. */
  headers?: Headers;
  /** How long a line of a watch is awaited, ms. */
  patienceMs?: number;
}

/** The one client for both servers. */
export class HttpServer implements ContractServer {
  readonly #access: Access;
  readonly #agent: Agent;
  readonly #open = new Set<IncomingMessage>();

  constructor(access: Access) {
    this.#access = access;
    const { ca, cert, key } = access;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 24, ca, ...(cert === undefined ? {} : { cert, key }) });
  }

  async request(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> {
    const response = await this.#send(method, path, body, headers);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response) chunks.push(chunk as Uint8Array);
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      bytes,
      get json() {
        return JSON.parse(text) as Body;
      },
    };
  }

  async watch(path: string, headers: Headers = {}): Promise<Lines> {
    const response = await this.#send("GET", path, undefined, headers);
    this.#open.add(response);
    const close = () => {
      this.#open.delete(response);
      response.destroy();
    };
    return lines(response, this.#access.patienceMs ?? 10_000, close);
  }

  /** Breaks open watches and gives the connections back. */
  close(): void {
    for (const response of this.#open) response.destroy();
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: unknown, own: Headers): Promise<IncomingMessage> {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const ofBody = text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
    const headers = { ...ofBody, ...this.#access.headers, ...own };
    return new Promise((resolve, reject) => {
      const { url, ca, cert, key } = this.#access;
      const request = httpsRequest(url + path, { method, agent: this.#agent, headers, ca, cert, key }, resolve);
      request.on("error", reject);
      request.end(text);
    });
  }
}

function lines(response: IncomingMessage, patienceMs: number, close: () => void): Lines {
  const chunks = response.setEncoding("utf8")[Symbol.asyncIterator]();
  let rest = "";
  const patiently = async <T>(what: Promise<T>): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new AssertionError({ message: `no event came within ${patienceMs} ms` })), patienceMs);
    });
    return Promise.race([what, late]).finally(() => clearTimeout(timer));
  };
  const next = async (): Promise<WatchEvent | undefined> => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end >= 0) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        return eventOf(line);
      }
      const { done, value } = await patiently(chunks.next());
      if (done === true) return rest.trim() === "" ? undefined : eventOf(rest);
      rest += String(value);
    }
  };
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next,
    async event() {
      const event = await next();
      if (event === undefined) throw new AssertionError({ message: "the watch ended where an event was expected" });
      return event;
    },
    async all() {
      const events: WatchEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return events;
    },
    close,
  };
}

function eventOf(line: string): WatchEvent {
  const event = JSON.parse(line) as WatchEvent;
  if (typeof event.type === "string") return event;
  throw new AssertionError({ message: `no event but a ${(event as unknown as Body).kind ?? "line"}: ${line.slice(0, 300)}` });
}
