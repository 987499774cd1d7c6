// A host's seam to the program's Fetch: deadlines of our own, proxies chosen here, failures as sentences.
// In: a URL and FetchInit. Out: a Response whose body keeps the deadline of silence, or a NetworkError.

import { X509Certificate } from "node:crypto";
import { after, type Clock } from "../base/clock.ts";
import { NetworkError, ProtocolError } from "../base/errors.ts";
import { formatDuration } from "../base/duration.ts";
import type { FetchInit } from "../base/http.ts";
import { bodyError, type Circumstances, plainOnTls, probeMode, proxyRefusal, readFailure, requestError } from "./network-errors.ts";
import { type Finding, probe } from "./probe.ts";
import { type Environment, hostPort, proxyFor } from "./proxy.ts";
import type { Host, TlsMaterial, Transport } from "./runtime.ts";
import { TLS_FLAGS, type TlsNames } from "./tls-material.ts";

export interface TransportOptions {
  host: Host;
  /** Checked by loadTlsMaterial. */
  tls: TlsMaterial;
  clock: Clock;
  /** Proxy variables are read from here, at each request. */
  env: Environment;
  /** How a person sets each TLS part, for messages. Default: the program's flags. */
  names?: TlsNames;
}

const HEADERS_TIMEOUT_MS = 30_000;
const SILENCE_TIMEOUT_MS = 30_000;
/** A server that fails in the same way is not looked at again within this time. */
const PROBE_EVERY_MS = 60_000;
const NULL_BODY = new Set([101, 204, 205, 304]);

/**
 * One set of TLS material with its connections. A response whose body is neither read to its end nor cancelled keeps its connection.
 * @throws ConfigError if the host cannot honour the material.
 */
export function createTransport({ host, tls, clock, env, names = TLS_FLAGS }: TransportOptions): Transport {
  const connections = host.makeTransport(tls);
  const client = clientOf(tls);
  const looked = new Map<string, { atMs: number; finding: Promise<Finding | undefined> }>();

  async function explain(error: unknown, at: Circumstances, signal: AbortSignal | null | undefined): Promise<NetworkError> {
    const failure = readFailure(error);
    const mode = probeMode(failure, at);
    if (mode === undefined) return requestError(error, failure, at);
    const what = `${at.url.origin} ${failure.kind}`;
    let look = looked.get(what);
    if (look === undefined || clock.monotonic() - look.atMs > PROBE_EVERY_MS) {
      look = { atMs: clock.monotonic(), finding: probe({ url: at.url, tls, clock, signal, mode }) };
      looked.set(what, look);
    }
    return requestError(error, failure, at, await look.finding);
  }

  async function fetch(input: string, init: FetchInit = {}): Promise<Response> {
    const { headersTimeoutMs = HEADERS_TIMEOUT_MS, silenceTimeoutMs = SILENCE_TIMEOUT_MS, signal: outer, onSend, ...rest } = init;
    outer?.throwIfAborted();
    const url = new URL(input);
    const proxy = proxyFor(url, env);
    if (proxy !== false && "mistake" in proxy) throw new NetworkError(proxy.mistake, "proxy");
    const at: Circumstances = { url, tls, names, proxy, client, nowMs: clock.now() };

    const abort = new AbortController();
    const pass = () => abort.abort(outer?.reason);
    outer?.addEventListener("abort", pass, { once: true });
    const release = () => outer?.removeEventListener("abort", pass);
    const disarm = arm(clock, headersTimeoutMs, (ms) => {
      const text = `no answer within ${formatDuration(ms)}; check the address and that no firewall is in between`;
      abort.abort(new NetworkError(`Cannot connect to ${hostPort(url)}: ${text}`, "timeout"));
    });
    try {
      onSend?.();
      const response = await connections.fetch(input, { ...rest, signal: abort.signal, proxy: proxy === false ? false : proxy.url });
      if (response.status < 200 || response.status > 599) {
        await response.body?.cancel();
        throw new ProtocolError(`Cannot use the answer of ${hostPort(url)}: expected an HTTP status from 200 to 599, got ${response.status}`);
      }
      if (response.status === 407 && proxy !== false) {
        await response.body?.cancel();
        throw proxyRefusal(at, 407);
      }
      if (response.status === 400 && url.protocol === "http:") return rebuilt(response, url, await plainBody(response, at), release);
      if (response.body === null || NULL_BODY.has(response.status)) return rebuilt(response, url, null, release);
      return rebuilt(response, url, guarded(response.body, url, silenceTimeoutMs, abort, release), undefined);
    } catch (error) {
      release();
      if (abort.signal.aborted) throw abort.signal.reason;
      if (error instanceof NetworkError || error instanceof ProtocolError) throw error;
      disarm();
      const explained = await explain(error, at, outer);
      outer?.throwIfAborted();
      throw explained;
    } finally {
      disarm();
    }
  }

  async function plainBody(response: Response, at: Circumstances): Promise<string> {
    const text = await response.text();
    const mistake = plainOnTls(at, response.status, text);
    if (mistake !== undefined) throw mistake;
    return text;
  }

  function guarded(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    url: URL,
    limitMs: number | false,
    abort: AbortController,
    release: () => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader();
    const silence = watchSilence(clock, limitMs, (ms) => {
      abort.abort(new NetworkError(`Lost the connection to ${hostPort(url)}: not a byte came for ${formatDuration(ms)}`, "silence"));
    });
    // Deno forgets the signal of a fetch whose Response was collected, and would wait for ever.
    abort.signal.addEventListener("abort", () => void reader.cancel(abort.signal.reason).catch(() => {}), { once: true });
    const end = () => {
      silence.end();
      release();
    };
    return new ReadableStream(
      {
        async pull(controller) {
          silence.start();
          try {
            const { done, value } = await reader.read();
            abort.signal.throwIfAborted();
            if (!done) {
              controller.enqueue(value);
              return;
            }
            end();
            controller.close();
          } catch (error) {
            end();
            throw abort.signal.aborted ? abort.signal.reason : bodyError(error, url);
          } finally {
            silence.stop();
          }
        },
        cancel(reason) {
          end();
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  return { fetch, close: () => connections.close() };
}

function rebuilt(response: Response, url: URL, body: BodyInit | null, release: (() => void) | undefined): Response {
  release?.();
  const copy = new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  Object.defineProperty(copy, "url", { value: url.href });
  return copy;
}

/** Calls `expire` after `ms` unless disarmed. */
function arm(clock: Clock, ms: number | false, expire: (ms: number) => void): () => void {
  return ms === false ? () => {} : after(clock, ms, () => expire(ms));
}

/**
 * Calls `expire` when a read has been waiting for `limitMs`. Time in which nobody reads does not count: then it is the reader that is
 * silent. One timer for many reads: it looks again at the moment that the newest read would be too long.
 */
function watchSilence(clock: Clock, limitMs: number | false, expire: (ms: number) => void) {
  const stopped = new AbortController();
  let waitingSince: number | undefined;
  let watching = false;
  async function watch(limit: number): Promise<void> {
    watching = true;
    try {
      while (waitingSince !== undefined) {
        const leftMs = waitingSince + limit - clock.monotonic();
        if (leftMs <= 0) return expire(limit);
        await clock.sleep(leftMs, stopped.signal);
      }
    } catch {
      // Ended while sleeping.
    } finally {
      watching = false;
    }
  }
  return {
    start(): void {
      if (limitMs === false) return;
      waitingSince = clock.monotonic();
      if (!watching) void watch(limitMs);
    },
    stop(): void {
      waitingSince = undefined;
    },
    end(): void {
      waitingSince = undefined;
      stopped.abort();
    },
  };
}

function clientOf(tls: TlsMaterial): Circumstances["client"] {
  if (tls.cert === undefined) return undefined;
  const certificate = new X509Certificate(tls.cert);
  return { subject: `"${certificate.subject.split("\n").join(", ")}"`, notAfterMs: Date.parse(certificate.validTo) };
}
