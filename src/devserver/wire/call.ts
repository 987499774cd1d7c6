// One HTTP exchange, version 1.1 or 2, as the rest of the room sees it: request facts in, one answer or a stream out.

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { badRequest, Refusal } from "./status.ts";

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export interface Answer {
  status: number;
  body: string;
  /** Default `content-type: application/json`. */
  headers?: Record<string, string>;
}

/** An answer as it goes out, perhaps in bytes. */
export interface Finished extends Omit<Answer, "body"> {
  body: string | Uint8Array;
}

export interface Peer {
  /** Serial number of the client certificate, upper-case hexadecimal. */
  serial: string;
  /** Whether our CA signed it. */
  trusted: boolean;
}

/** A response that goes on: written piece by piece. */
export interface Stream {
  /** False when the reader lags: wait for `onDrain` before the next piece. */
  write(text: string): boolean;
  /** The polite end. */
  end(): void;
  /** Cuts the connection in mid-stream. */
  destroy(): void;
  onDrain(listener: () => void): void;
  /** The client left, or the end was delivered. */
  onGone(listener: () => void): void;
}

/** The start of a response. Names of headers in lower case. */
interface Head {
  status: number;
  headers: Record<string, string>;
}

/** Undefined = not sent. */
type RequestHeaders = Record<string, string | string[] | undefined>;

const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** Path and query. The whole URL, as proxies are sent it, stands for those. */
const TARGET = /^(?:https?:\/\/[^/?]*)?([^?]*)\??(.*)$/is;

/** The client left before its request was complete: nobody waits for an answer. */
export class ClientGone extends Error {}

export class Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; a copy, so that what is changed here before the call is handled is what the handler sees. */
  readonly headers: RequestHeaders;
  readonly peer: Peer | undefined;
  /** Stands between a body that is streamed and the wire. */
  through: ((stream: Stream) => Stream) | undefined;
  readonly #request: Request;
  readonly #response: Response;
  /** Value of `Date`; undefined sends none. */
  readonly #date: () => string | undefined;
  readonly #bodyEdits: ((text: string) => string)[] = [];
  readonly #headEdits: ((head: Head) => void)[] = [];
  #bytes: Promise<Buffer> | undefined;

  constructor(request: Request, response: Response, date: () => string | undefined) {
    this.#request = request;
    this.#response = response;
    this.#date = date;
    this.method = request.method ?? "GET";
    const [, path = "/", query = ""] = TARGET.exec(request.url ?? "/") ?? [];
    this.path = path;
    this.query = new URLSearchParams(query);
    this.headers = { ...request.headers };
    this.peer = peerOf(request);
  }

  /** A request header; several of one name are joined. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  /** The socket, for HTTP/2 a stand-in that tells but takes no orders. */
  get socket(): Socket | undefined {
    return "stream" in this.#request ? this.#request.stream.session?.socket : this.#request.socket;
  }

  /** What the handler will read is what `edit` makes of it. */
  editBody(edit: (text: string) => string): void {
    this.#bodyEdits.push(edit);
  }

  /** What will be sent is what `edit` leaves. */
  editHead(edit: (head: Head) => void): void {
    this.#headEdits.push(edit);
  }

  /** The body; may be read again. @throws Refusal 413 past 3 MiB, ClientGone */
  async text(): Promise<string> {
    return this.#bodyEdits.reduce((text, edit) => edit(text), (await this.bytes()).toString());
  }

  /** The body as it came; may be read again. @throws Refusal 413 past 3 MiB, ClientGone */
  bytes(): Promise<Buffer> {
    this.#bytes ??= this.#read();
    return this.#bytes;
  }

  #read(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      this.#request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      });
      this.#request.on("end", () => {
        if (bytes <= MAX_BODY_BYTES) resolve(Buffer.concat(chunks));
        else reject(new Refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY_BYTES}`));
      });
      const leave = () => reject(new ClientGone("the client left"));
      this.#request.on("error", leave);
      this.#request.on("close", leave);
      // It may have gone already, while something else was waited for.
      if ("stream" in this.#request ? this.#request.stream.destroyed : this.#request.socket.destroyed) leave();
    });
  }

  /** The body as a JSON object; undefined if there is none. @throws Refusal 400, 413, ClientGone */
  async json(): Promise<Record<string, unknown> | undefined> {
    const text = await this.text();
    if (text.trim() === "") return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw badRequest("the request body is not JSON");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw badRequest("the request body is not a JSON object");
    }
    return value as Record<string, unknown>;
  }

  /** `streamed` sends the body the way of watches, so that it can be tampered with. */
  answer({ status, body, headers }: Finished, streamed = false): void {
    if (streamed) {
      const stream = this.stream(status, headers);
      stream.write(body.toString());
      stream.end();
      return;
    }
    const length = String(Buffer.byteLength(body));
    this.#head(status, { "content-type": "application/json", "content-length": length, ...headers });
    this.#response.end(body);
  }

  /** Sends the headers at once; the body follows. */
  stream(status = 200, headers: Record<string, string> = {}): Stream {
    this.#head(status, { "content-type": "application/json", ...headers });
    const stream = this.#stream();
    return this.through?.(stream) ?? stream;
  }

  #stream(): Stream {
    const response = this.#response as ServerResponse;
    response.flushHeaders();
    let gone = false;
    // For HTTP/2 the stream tells of the client's end, the response only of its own.
    const source = "stream" in this.#request ? this.#request.stream : response;
    source.on("close", () => {
      gone = true;
    });
    source.on("error", () => {});
    return {
      write: (text) => gone || response.write(text),
      end: () => void response.end(),
      destroy: () => {
        if (!gone) this.abort();
      },
      onDrain: (listener) => void response.on("drain", listener),
      onGone: (listener) => void source.on("close", listener),
    };
  }

  /** Cuts the connection without an answer. */
  abort(): void {
    if ("stream" in this.#request) this.#request.stream.destroy();
    else this.#request.socket.destroy();
  }

  #head(status: number, headers: Record<string, string>): void {
    const date = this.#date();
    const response = this.#response as ServerResponse;
    const head = { status, headers: date === undefined ? headers : { ...headers, date } };
    for (const edit of this.#headEdits) edit(head);
    if (head.headers["date"] === undefined) response.sendDate = false;
    response.writeHead(head.status, head.headers);
  }
}

function peerOf(request: Request): Peer | undefined {
  const socket = ("stream" in request ? request.stream.session?.socket : request.socket) as TLSSocket | undefined;
  const serial = socket?.getPeerCertificate?.()?.serialNumber as string | undefined;
  if (socket === undefined || serial === undefined) return undefined;
  return { serial: serial.toUpperCase(), trusted: socket.authorized };
}
