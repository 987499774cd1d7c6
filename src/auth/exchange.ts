// The long-lived secret in, a minted token out: one POST as authlib sends it, with its retries.
// Knows no cache. What a server answers is quoted only after a check that it does not repeat the secret.
// src: grafana/authlib authn/token_exchange.go

import { Buffer } from "node:buffer";
import { createFetch, FetchError } from "ofetch";
import type { Clock, Random } from "../base/clock.ts";
import { type Count, EXCHANGE_REASONS, uncounted } from "../base/counts.ts";
import { ConfigError, NetworkError, TokenError } from "../base/errors.ts";
import { retryAfterMs, type Fetch } from "../base/http.ts";
import { oneOf, reasonOf, reasonOfStatus } from "../base/reasons.ts";
import { fitsHeader, Secret } from "../base/secret.ts";
import { bearerValue, type SecretSource } from "./credential.ts";
import { endpointOf, refusePlaintext } from "./plaintext.ts";
import type { Exchange, Minted } from "./token-source.ts";

export interface ExchangeOptions {
  fetch: Fetch;
  /** Endpoint, used as it is. */
  url: string;
  /** The secret that proves who asks. */
  subject: SecretSource;
  clock: Clock;
  random: Random;
  /** Send the secret over plain HTTP to a host that is not loopback. Default false. */
  allowPlaintext?: boolean;
  /** Told of every attempt. */
  count?: Count;
}

const ATTEMPTS = 3;
/** Uniform pause before the second and the third attempt. */
const PAUSES_MS: readonly (readonly [number, number])[] = [
  [250, 500],
  [500, 1000],
];
const ATTEMPT_TIMEOUT_MS = 5_000;
/** A longer `Retry-After` is not sat out here: the caller is told, and told again without a request until it is nearly over. */
const LONGEST_WAIT_MS = 30_000;
const BODY_MAX_BYTES = 256 * 1024;
/** Below this a difference between the two clocks is the header's whole seconds and the way here. */
const SKEW_IGNORED_MS = 5_000;

const HEADERS = {
  "Content-Type": "application/json",
  Accept: "application/json",
  "User-Agent": "authlib-client",
  "X-Org-ID": "0",
  "X-Realms": '[{"type": "system", "identifier": "system"}]',
};
const BODY = '{"namespace":"*","audiences":["provisioning.grafana.app"]}';

/** @throws ConfigError if the URL is none, or would carry the secret in clear text over a network */
export function createExchange(options: ExchangeOptions): Exchange {
  const { clock, random, subject, count = uncounted } = options;
  const url = parseUrl(options.url);
  const endpoint = endpointOf(url);
  refusePlaintext(url, options.allowPlaintext ?? false);
  const post = createFetch({ fetch: bareFetch(options.fetch), Headers, AbortController });
  /** A server's Retry-After: no request before `atMs` of the monotonic clock. */
  let quiet: { atMs: number; error: TokenError } | undefined;

  /** One request. @throws TokenError | NetworkError | the signal's reason */
  async function attempt(secret: Secret, signal: AbortSignal): Promise<Minted> {
    const deadlineMs = clock.monotonic() + ATTEMPT_TIMEOUT_MS;
    const response = await post
      .raw(options.url, {
        method: "POST",
        headers: { ...HEADERS, Authorization: bearerValue(secret) },
        body: BODY,
        signal,
        redirect: "manual",
        retry: 0,
        ignoreResponseError: true,
        responseType: "stream",
      })
      .catch((error: unknown) => {
        // A FetchError keeps the request's headers, secret included: only what it was made from may pass.
        if (!(error instanceof FetchError)) throw error;
        throw error.cause ?? new NetworkError("the request failed", "other");
      });
    const body = await readBody(response, deadlineMs);
    if (response.status !== 200) throw refusal(response, body, secret);
    const token = tokenOf(body);
    if (token === undefined) throw fail(200, `200 with ${notJson(body)}`);
    if (token === "") throw fail(200, "200 without a token");
    if (!fitsHeader(token)) throw fail(200, "200 with a token that does not fit in a header");
    return { token: new Secret(token), expiresAtMs: onOurClock(expiryOf(token), response) };
  }

  function refusal(response: Response, body: string, secret: Secret): TokenError {
    const said = reasonIn(body);
    const reason = said === undefined ? "" : `: ${quotable(said, secret)}`;
    const hint = response.status >= 300 && response.status < 400 ? " (redirects are not followed; give the final URL)" : "";
    const status = `${response.status} ${quotable(response.statusText, secret)}`.trim();
    const error = fail(response.status, `${status}${hint}${reason}`);
    const askedMs = retried(error)
      ? retryAfterMs(response.headers.get("retry-after"), dateOf(response) ?? clock.now())
      : undefined;
    if (askedMs !== undefined) count("asked-to-wait", { operation: "exchange" });
    quiet = askedMs === undefined ? undefined : { atMs: clock.monotonic() + askedMs * (1 + random() / 10), error };
    return error;
  }

  function fail(status: number, what: string): TokenError {
    return new TokenError(`Cannot exchange the token at ${endpoint}: the server answered ${what}`, { status });
  }

  /** Ends with `Date` of the answer where our clock is wrong: the signer's clock dated the token. */
  function onOurClock(expiresAtMs: number | undefined, response: Response): number | undefined {
    if (expiresAtMs === undefined) return undefined;
    const skewMs = (dateOf(response) ?? clock.now()) - clock.now();
    return Math.abs(skewMs) > SKEW_IGNORED_MS ? expiresAtMs - skewMs : expiresAtMs;
  }

  /** The whole body as text, at most BODY_MAX_BYTES, by the deadline. */
  async function readBody(response: Response, deadlineMs: number): Promise<string> {
    const reader = response.body?.getReader();
    if (reader === undefined) return "";
    const over = new AbortController();
    const late = clock.sleep(Math.max(deadlineMs - clock.monotonic(), 1), over.signal).then(() => {
      throw new NetworkError(`the answer did not end within ${ATTEMPT_TIMEOUT_MS / 1000} s`, "timeout");
    });
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    try {
      for (;;) {
        const { done, value } = await Promise.race([reader.read(), late]);
        if (done) return text + decoder.decode();
        bytes += value.byteLength;
        if (bytes > BODY_MAX_BYTES) throw fail(response.status, `${response.status} with more than ${BODY_MAX_BYTES / 1024} KiB`);
        text += decoder.decode(value, { stream: true });
      }
    } finally {
      over.abort();
      await late.catch(() => undefined);
      await reader.cancel().catch(() => undefined);
    }
  }

  async function waitQuiet(signal: AbortSignal): Promise<void> {
    const leftMs = quiet === undefined ? 0 : quiet.atMs - clock.monotonic();
    if (quiet === undefined || leftMs <= 0) return;
    if (leftMs > LONGEST_WAIT_MS) {
      const { message, status } = quiet.error;
      throw new TokenError(`${message}; it asked to wait for another ${Math.ceil(leftMs / 1000)} s`, { status });
    }
    await clock.sleep(leftMs, signal);
  }

  return async function exchange(signal) {
    signal.throwIfAborted();
    let secret = await subject.current(signal);
    let renewed = false;
    for (let made = 1; ; made++) {
      await waitQuiet(signal);
      try {
        const minted = await attempt(secret, signal);
        count("token-minted", {});
        return minted;
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof TokenError ? reasonOfStatus(error.status ?? 0) : reasonOf(error);
        count("exchange-failed", { reason: oneOf(EXCHANGE_REASONS, reason) });
        if (isRefused(error) && !renewed) {
          renewed = true;
          const other = await subject.renewed(secret, signal);
          if (other === undefined) throw error;
          secret = other;
          made--;
          count("retry", { operation: "exchange" });
          continue;
        }
        if (!retried(error)) throw error;
        if (made >= ATTEMPTS) throw unreachable(error, endpoint);
        count("retry", { operation: "exchange" });
      }
      const [least, most] = PAUSES_MS[made - 1] ?? [0, 0];
      await clock.sleep(least + random() * (most - least), signal);
    }
  };
}

/** What ofetch adds to the init stays here; the deadlines are the transport's. */
function bareFetch(fetch: Fetch): typeof globalThis.fetch {
  const bare = (input: unknown, init: RequestInit = {}) =>
    fetch(String(input), {
      method: init.method,
      headers: init.headers,
      body: init.body,
      signal: init.signal,
      redirect: init.redirect,
      headersTimeoutMs: ATTEMPT_TIMEOUT_MS,
      silenceTimeoutMs: ATTEMPT_TIMEOUT_MS,
    });
  return bare as typeof globalThis.fetch;
}

function retried(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof TokenError && error.status !== undefined && (error.status === 429 || error.status >= 500);
}

function isRefused(error: unknown): boolean {
  return error instanceof TokenError && (error.status === 401 || error.status === 403);
}

function unreachable(error: unknown, endpoint: string): unknown {
  if (!(error instanceof NetworkError)) return error;
  return new NetworkError(`Cannot reach the token exchange at ${endpoint}: ${error.message}`, error.reason, { cause: error });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new ConfigError("Cannot use --token-exchange-url: expected an http or https URL");
  }
  if (url.username === "" && url.password === "") return url;
  throw new ConfigError("Cannot use --token-exchange-url: expected a URL without user name and password");
}

function dateOf(response: Response): number | undefined {
  const ms = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** `data.token` of the envelope, `""` if that has none; undefined if the body is no object. */
function tokenOf(body: string): string | undefined {
  const envelope = parseObject(body);
  if (envelope === undefined) return undefined;
  const token = (envelope.data as { token?: unknown } | null | undefined)?.token;
  return typeof token === "string" ? token : "";
}

/** What the server gave as its reason, undefined if nothing that can be shown. */
function reasonIn(body: string): string | undefined {
  if (body.trim() === "") return undefined;
  const envelope = parseObject(body);
  if (envelope === undefined) return notJson(body);
  return typeof envelope.error === "string" && envelope.error !== "" ? envelope.error : undefined;
}

function notJson(body: string): string {
  if (body.trim() === "") return "an empty body";
  return body.trimStart().startsWith("<") ? "an HTML page instead of JSON; check the URL" : "text that is not JSON";
}

const QUOTE_MAX = 200;
/** A run of this many characters in common with the secret is taken for a piece of it. */
const SHARED_RUN = 12;

/** A server's words on one line, or a note in their place if they seem to repeat a credential. */
function quotable(text: string, secret: Secret): string {
  const own = secret.reveal();
  const run = Math.min(SHARED_RUN, own.length);
  let repeats = /eyJ[\w-]{8}/.test(text);
  for (let at = 0; at + run <= own.length && !repeats; at++) repeats = text.includes(own.slice(at, at + run));
  if (repeats) return "(text withheld: it seems to repeat a credential)";
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= QUOTE_MAX ? line : `${line.slice(0, QUOTE_MAX)}…`;
}

/**
 * `exp` of a JWT, ms since the epoch; undefined if the text is no JWT or has none. Any algorithm, signature unread:
 * the API checks it, and this only decides when to ask again.
 */
export function expiryOf(token: string): number | undefined {
  const [, claims, signature] = token.split(".", 3);
  if (claims === undefined || signature === undefined) return undefined;
  const exp = parseObject(Buffer.from(claims, "base64url").toString("utf8"))?.exp;
  return typeof exp === "number" && Number.isFinite(exp) && exp > 0 ? exp * 1000 : undefined;
}
