// The requests of a check and what came back, as they were: statuses are no errors here, and each exchange is kept as
// evidence. Sends whatever it is told to, again where the server says when; knows neither checks nor verdicts.

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { type Fetch, retryAfterMs } from "../base/http.ts";
import type { Body } from "./body.ts";
import { Refuted } from "./check.ts";
import { type Lines, linesOf } from "./lines.ts";

export type Headers = Readonly<Record<string, string>>;

export interface Reply {
  /** Of the request. */
  method: string;
  status: number;
  /** Value of a header; "" if it is absent. */
  header(name: string): string;
  text: string;
  /** The body parsed. @throws Refuted if it is not JSON */
  readonly json: Body;
}

/** One request and the head of its answer, as a report shows them. Texts are cut, credentials are not in it. */
export interface Exchange {
  /** `GET https://…/jobs?limit=1`. */
  request: string;
  /** The body that was sent, cut. */
  sent?: string;
  /** Status, or why there is none. */
  answer: string;
  /** Names that tell something, as they came. */
  headers: Record<string, string>;
  /** The body, or the lines of a watch, cut. */
  body: string;
  ms: number;
}

export interface WireOptions {
  fetch: Fetch;
  clock: Clock;
  /** Base URL of the server. */
  server: string;
  signal: AbortSignal;
  /** Takes secrets out of texts. */
  clean: (text: string) => string;
  /** How long a line of a watch is awaited, ms. */
  patienceMs: number;
  /** Where the exchanges go, oldest first. */
  evidence: Exchange[];
}

interface Sent {
  exchange: Exchange;
  response: Response;
  startedMs: number;
}

/** Exchanges kept of one check, the last ones, and the length of a text in them. */
const KEPT = 12;
const TEXT_MAX = 600;
/** Who is refused with 429 comes back this often, if told when, and after that time or this, ms. */
const RETRIES = 10;
const PAUSE_MAX_MS = 3_000;
const BODY_MAX_BYTES = 64 * 1024 * 1024;
const TELLING = ["content-type", "date", "retry-after", "warning", "server", "via", "location"];

export class Wire {
  readonly #options: WireOptions;
  readonly #open = new Set<Lines>();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** A body that is text goes out as it is, anything else as JSON. Rejects with NetworkError where no answer came. */
  async request(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> {
    const { exchange, response, startedMs } = await this.#send(method, path, body, headers);
    const text = await textOf(response).catch((error: unknown) => this.#broken(exchange, startedMs, error));
    exchange.body = this.#cut(text);
    exchange.ms = this.#sinceMs(startedMs);
    let json: Body | undefined;
    return {
      method,
      status: response.status,
      header: (name) => response.headers.get(name) ?? "",
      text,
      get json() {
        return (json ??= parsed(text, `${method} ${path}`.trim()));
      },
    };
  }

  /** Opens a watch, whatever the status; it is closed with the wire. @throws Refuted where nothing is answered in time */
  async watch(path: string, headers: Headers = {}): Promise<Lines> {
    const { clock, signal, patienceMs } = this.#options;
    const { exchange, response } = await this.#inTime(this.#send("GET", path, undefined, headers));
    const heard: string[] = [];
    const lines = linesOf(response, { clock, signal, patienceMs, onLine: (line) => {
      heard.push(line);
      exchange.body = this.#cut(heard.slice(-4).join("\n"));
    } });
    this.#open.add(lines);
    return lines;
  }

  /** A watch is answered before there is an event. */
  async #inTime<Value>(answer: Promise<Value>): Promise<Value> {
    const { clock, signal, patienceMs } = this.#options;
    const over = new AbortController();
    const late = clock.sleep(patienceMs, AbortSignal.any([signal, over.signal])).then(() => {
      throw new Refuted(`the watch was not answered within ${patienceMs} ms`);
    });
    for (const loser of [answer, late]) loser.catch(() => undefined);
    return Promise.race([answer, late]).finally(() => over.abort());
  }

  close(): void {
    for (const lines of this.#open) lines.close();
  }

  async #send(method: string, path: string, body: unknown, headers: Headers): Promise<Sent> {
    const { clock, signal } = this.#options;
    for (let left = RETRIES; ; left--) {
      const sent = await this.#sendOnce(method, path, body, headers);
      const { status, headers: got } = sent.response;
      const pauseMs = status === 429 ? retryAfterMs(got.get("retry-after"), clock.now()) : undefined;
      if (pauseMs === undefined || left === 0) return sent;
      await sent.response.body?.cancel();
      await clock.sleep(Math.min(pauseMs, PAUSE_MAX_MS), signal);
    }
  }

  async #sendOnce(method: string, path: string, body: unknown, own: Headers): Promise<Sent> {
    const { fetch, server, signal, clock } = this.#options;
    const exchange = this.#note(method, path, body);
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const headers = { accept: "application/json", ...(text === undefined ? {} : { "content-type": "application/json" }), ...own };
    const startedMs = clock.monotonic();
    const init = { method, headers, signal, silenceTimeoutMs: false as const, ...(text === undefined ? {} : { body: text }) };
    const response = await fetch(server + path, init).catch((error: unknown) => this.#broken(exchange, startedMs, error));
    exchange.answer = String(response.status);
    exchange.headers = Object.fromEntries([...response.headers].filter(([name]) => TELLING.includes(name)));
    exchange.ms = this.#sinceMs(startedMs);
    return { exchange, response, startedMs };
  }

  #note(method: string, path: string, body: unknown): Exchange {
    const { server, evidence } = this.#options;
    const sent = body === undefined ? undefined : this.#cut(typeof body === "string" ? body : JSON.stringify(body));
    const exchange: Exchange = { request: this.#cut(`${method} ${server}${path}`), ...(sent === undefined ? {} : { sent }), answer: "none yet", headers: {}, body: "", ms: 0 };
    evidence.push(exchange);
    if (evidence.length > KEPT) evidence.shift();
    return exchange;
  }

  #broken(exchange: Exchange, startedMs: number, error: unknown): never {
    exchange.answer = this.#cut(messageOf(error));
    exchange.ms = this.#sinceMs(startedMs);
    throw error;
  }

  #cut(text: string): string {
    const clean = this.#options.clean(text);
    return clean.length <= TEXT_MAX ? clean : `${clean.slice(0, TEXT_MAX)}… (${clean.length} characters)`;
  }

  #sinceMs(startedMs: number): number {
    return Math.round(this.#options.clock.monotonic() - startedMs);
  }
}

function parsed(text: string, what: string): Body {
  try {
    const body = JSON.parse(text) as Body;
    // Go leaves out the empty items of a HistoricJobList.
    return body.kind?.endsWith("List") === true ? { ...body, items: body.items ?? [] } : body;
  } catch {
    throw new Refuted(`${what} was answered with what is no JSON: ${text.slice(0, 80)}`);
  }
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > BODY_MAX_BYTES) throw new Refuted(`an answer of more than ${BODY_MAX_BYTES / 2 ** 20} MiB`);
  }
  return text + decoder.decode();
}
