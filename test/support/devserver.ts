// A dev server on free ports and a plain client for it, for tests. Closed on disposal.

import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type StateFiles, writeStateFiles } from "../../src/devserver/command/files.ts";
import { DEV_DEFAULTS } from "../../src/devserver/options.ts";
import type { RequestFacts } from "../../src/devserver/front.ts";
import { createDevserver, type Devserver, type DevserverOptions } from "../../src/devserver/serve.ts";
import type { Metadata, Stored } from "../../src/devserver/state/object.ts";
import { systemClock } from "../../src/runtime/clock.ts";

export interface TestDevserver extends Devserver, AsyncDisposable {
  /** Where certificates and the like are, if `stateDir` was given. */
  files: StateFiles | undefined;
  /** Every request so far. */
  requests: RequestFacts[];
  /** Calls the API with a token (minted once) and the CA; `path` begins at the resource, as in `namespaces/a/jobs`. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Reply>;
  /** Opens a watch; `query` without `watch=1`. */
  watch(path: string, query?: string, options?: CallOptions): Promise<Lines>;
}

export async function startDevserver(options: Partial<DevserverOptions> = {}): Promise<TestDevserver> {
  const requests: RequestFacts[] = [];
  const devserver = await createDevserver({
    clock: systemClock,
    random: Math.random,
    apiAddress: "127.0.0.1:0",
    exchangeAddress: "127.0.0.1:0",
    ...options,
    onRequest(facts) {
      requests.push(facts);
      return options.onRequest?.(facts);
    },
  });
  const { stateDir, token: secret = DEV_DEFAULTS.token } = options;
  const written = stateDir === undefined ? undefined : await writeStateFiles(devserver, secret, stateDir);
  if (written !== undefined) devserver.onRotation(written.renew);
  const token = await devserver.mintToken();
  const url = (
    path: string,
  ) => (path.startsWith("/") ? devserver.apiUrl + path : `${devserver.apiUrl}/apis/provisioning.grafana.app/v0alpha1/${path}`);
  const withDefaults = ({ headers, ...rest }: CallOptions = {}): CallOptions => ({
    tls: { ca: devserver.certificates.ca },
    headers: { "x-access-token": `Bearer ${token}`, ...headers },
    ...rest,
  });
  return Object.assign(devserver, {
    requests,
    files: written?.files,
    call: (method: string, path: string, body?: unknown, own?: CallOptions) => send(method, url(path), body, withDefaults(own)),
    watch: (path: string, query = "", own?: CallOptions) =>
      openLines(`${url(path)}?watch=1${query === "" ? "" : `&${query}`}`, withDefaults(own)),
    [Symbol.asyncDispose]: () => devserver.close(),
  });
}

export interface CallOptions {
  tls?: { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean };
  headers?: Record<string, string>;
}

/** What comes in bodies: an object, a list or a Status, with what tests read of them. */
export interface Body {
  kind?: string;
  apiVersion?: string;
  metadata: Metadata & { continue?: string };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  items?: Stored[];
  message?: string;
  reason?: string;
  code?: number;
  details?: Record<string, unknown>;
  data?: { token: string };
  error?: string;
}

export interface EventLine {
  type: string;
  object: Body;
}

export interface Reply {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
  /** The body parsed; throws if it is not JSON. */
  readonly json: Body;
}

/** One request on a connection of its own. A body that is text goes out as it is, anything else as JSON. */
export async function send(method: string, url: string, body?: unknown, options: CallOptions = {}): Promise<Reply> {
  const response = await open(method, url, body, options);
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text) as Body;
    },
  };
}

/** A watch that is read line by line. */
export interface Lines {
  status: number;
  headers: IncomingMessage["headers"];
  /** The next event; undefined at a polite end; rejects when the connection broke. */
  next(): Promise<EventLine | undefined>;
  /** Leaves. */
  close(): void;
}

export async function openLines(url: string, options: CallOptions = {}): Promise<Lines> {
  const response = await open("GET", url, undefined, options);
  const chunks = response.setEncoding("utf8")[Symbol.asyncIterator]();
  let rest = "";
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    async next() {
      for (;;) {
        const end = rest.indexOf("\n");
        if (end >= 0) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          return JSON.parse(line) as EventLine;
        }
        const { done, value } = await chunks.next();
        if (done === true) return undefined;
        rest += value;
      }
    },
    close: () => void response.destroy(),
  };
}

function open(method: string, url: string, body: unknown, { tls, headers }: CallOptions): Promise<IncomingMessage> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type = text === undefined
    ? {}
    : { "content-type": "application/json", "content-length": String(new TextEncoder().encode(text).length) };
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, agent: false, headers: { ...type, ...headers }, ...tls } as Parameters<typeof request>[1],
      resolve,
    );
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}
