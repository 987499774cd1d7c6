// Collections to HTTP calls on an authorised fetch, and answers to values or errors; single objects are in api-objects.ts.
// Knows no token and no TLS; retries nothing.

import { createFetch, FetchError } from "ofetch";
import { ApiError, NetworkError, ProtocolError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { Fetch, FetchInit } from "../base/http.ts";
import { type ObjectCalls, objectCalls } from "./api-objects.ts";
import { readList } from "./list-reader.ts";
import { readEvents } from "./ndjson.ts";
import { apiError } from "./status.ts";
import type { Collection, KubeObject, ListPage, WatchEvent } from "./types.ts";

export interface ListQuery {
  limit: number;
  /** Token of the page before; opaque. */
  continue?: string;
  /** With it, items are given to it as they come, and the page has none. They are all that there are only once the page was given back. */
  take?: Take;
}

/** Is waited for. `size`: characters of the items. */
export type Take = (items: KubeObject[], size: number) => Promise<void> | void;

/** The same query, with what `through` makes of its `take`. */
export function takingThrough(query: ListQuery, through: (take: Take) => Take): ListQuery {
  return query.take === undefined ? query : { ...query, take: through(query.take) };
}

export interface WatchQuery {
  /** Start after this version; `""` = from now, as the server sees fit. */
  version: string;
  /** The server ends the stream after this long. */
  timeoutSeconds: number;
}

export interface Api extends ObjectCalls {
  /** One page; `onSend` as in FetchInit. @throws ApiError | NetworkError | ProtocolError | the signal's reason */
  listPage<T extends KubeObject>(collection: Collection, query: ListQuery, signal: AbortSignal, onSend?: () => void): Promise<ListPage<T>>;
  /** Opens a watch; resolves once the server has accepted it. Reading it throws as listPage does. */
  openWatch(collection: Collection, query: WatchQuery, signal: AbortSignal): Promise<AsyncGenerator<WatchEvent[]>>;
  /** Server time (`Date`, ms) of the first answer that this process got, local time if it had none; undefined before. */
  readonly firstAnswerMs: number | undefined;
}

export interface ApiOptions {
  /** Base URL without trailing slash; requests go to `<server>/apis/...`. */
  server: string;
  group: string;
  /** Versions to try on 404, in order; the first that answers is kept. */
  versions: readonly [string, ...string[]];
  fetch: Fetch;
  clock: Pick<Clock, "now" | "monotonic">;
  userAgent: string;
  /** Told when a later version than the first was adopted. */
  onVersion?: (version: string) => void;
  /** Deadline for headers of a watch, ms. A proxy may hold them back until the first event. */
  watchHeadersTimeoutMs?: number;
}

type Request = FetchInit & { method: string; body?: string };

const ERROR_BODY_MAX = 64 * 1024;

export function createApi(options: ApiOptions): Api {
  let version = options.versions[0];
  let confirmed = false;
  let firstAnswerMs: number | undefined;
  const { clock } = options;

  const noted: Fetch = async (url, init) => {
    const response = await options.fetch(url, init);
    firstAnswerMs ??= dateOf(response) ?? clock.now();
    return response;
  };
  // retry: 0, since a GET is retried at once otherwise, 409 and 429 included; text, since its own parser is lenient.
  const call = createFetch({ fetch: noted as typeof globalThis.fetch, Headers, AbortController });
  const headers = { Accept: "application/json", "User-Agent": options.userAgent };

  async function request(doing: string, url: string, init: Request): Promise<{ response: Response; text: string; sentAtMs: number }> {
    const { timeout: _none, ...rest } = init as Request & { timeout?: number };
    let sentAtMs: number | undefined;
    rest.onSend = () => {
      sentAtMs = clock.monotonic();
      init.onSend?.();
    };
    const response = await call.raw<string, "text">(url, {
      ...rest,
      headers: rest.body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
      retry: 0,
      redirect: "manual",
      responseType: "text",
      ignoreResponseError: true,
    }).catch((error: unknown) => {
      // ofetch wraps what the fetch threw and keeps the request's headers: only the cause goes on. A body's error comes as it is.
      const thrown = error instanceof FetchError ? (error.cause ?? error) : error;
      throw sentAtMs === undefined && thrown instanceof NetworkError ? thrown.asUnsent() : thrown;
    });
    const text = typeof response._data === "string" ? response._data : "";
    if (!response.ok) throw refusal(doing, response, text);
    return { response, text, sentAtMs: sentAtMs ?? clock.monotonic() };
  }

  function refusal(doing: string, response: Response, text: string): ApiError | ProtocolError {
    if (response.status >= 300 && response.status < 400) {
      const where = response.headers.get("location") === null ? "" : " to another address";
      return new ProtocolError(`Cannot ${doing}: server answered ${response.status}, a redirect${where}; expected the API server itself`);
    }
    return apiError(doing, response.status, text, response.headers.get("retry-after"), clock.now());
  }

  function path(collection: Collection, at: string): string {
    const scope = collection.namespace === undefined ? "" : `/namespaces/${encodeURIComponent(collection.namespace)}`;
    return `${options.server}/apis/${options.group}/${at}${scope}/${collection.resource}`;
  }

  /** Tries the known version, on 404 the others; keeps what answered. Jobs are always served, so their 404 asks anew. */
  async function withVersion<R>(collection: Collection, use: (at: string) => Promise<R>): Promise<R> {
    const tried = version;
    try {
      const result = await use(tried);
      if (tried === version) confirmed = true;
      return result;
    } catch (error) {
      // Another request may have found the version while this one asked for the wrong one.
      const settled = confirmed && tried === version && collection.resource !== "jobs";
      if (!(error instanceof ApiError) || error.status !== 404 || settled) throw error;
      for (const other of options.versions.filter((candidate) => candidate !== tried)) {
        try {
          const result = await use(other);
          if (other !== version) options.onVersion?.(other);
          version = other;
          confirmed = true;
          return result;
        } catch (second) {
          if (!(second instanceof ApiError) || second.status !== 404) throw second;
        }
      }
      throw error;
    }
  }

  return {
    ...objectCalls(async (doing, below, init) => {
      const { response, text, sentAtMs } = await request(doing, `${options.server}/apis/${options.group}/${version}${below}`, init);
      return { text, status: response.status, serverTimeMs: dateOf(response), sentAtMs };
    }),

    get firstAnswerMs() {
      return firstAnswerMs;
    },

    listPage<T extends KubeObject>(collection: Collection, query: ListQuery, signal: AbortSignal, onSend?: () => void) {
      const doing = `list ${describe(collection)}`;
      const search = new URLSearchParams({ limit: String(query.limit) });
      if (query.continue !== undefined) search.set("continue", query.continue);
      return withVersion(collection, async (at) => {
        const response = await noted(`${path(collection, at)}?${search}`, { method: "GET", headers, redirect: "manual", signal, onSend });
        if (!response.ok) throw refusal(doing, response, await readStart(response));
        const answeredAt = clock.monotonic();
        const items: T[] = [];
        const page = await readPage(doing, response, query.take ?? ((part) => void items.push(...(part as T[]))));
        const { serverTimeMs } = page;
        return { ...page, items, serverTimeMs: serverTimeMs === undefined ? undefined : serverTimeMs + clock.monotonic() - answeredAt };
      });
    },

    openWatch(collection, query, signal) {
      const doing = `watch ${describe(collection)}`;
      const search = new URLSearchParams({ watch: "true", allowWatchBookmarks: "true", timeoutSeconds: String(query.timeoutSeconds) });
      if (query.version !== "") search.set("resourceVersion", query.version);
      return withVersion(collection, async (at) => {
        // A compressing proxy that does not flush would hold events back.
        const response = await noted(`${path(collection, at)}?${search}`, {
          method: "GET",
          headers: { ...headers, "Accept-Encoding": "identity" },
          redirect: "manual",
          signal,
          headersTimeoutMs: options.watchHeadersTimeoutMs ?? 60_000,
          silenceTimeoutMs: false,
        });
        if (!response.ok) throw refusal(doing, response, await readStart(response));
        const type = response.headers.get("content-type") ?? "";
        if (response.body === null || type.includes("html")) {
          await response.body?.cancel();
          throw new ProtocolError(`Cannot ${doing}: expected a stream of JSON, got ${type === "" ? "no body" : type}`, { reason: "not-json" });
        }
        return readEvents(response.body as unknown as AsyncIterable<Uint8Array>);
      });
    },
  };
}

function describe(collection: Collection): string {
  return `${collection.resource} in ${collection.namespace === undefined ? "all namespaces" : `namespace ${collection.namespace}`}`;
}

function dateOf(response: Response): number | undefined {
  const ms = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

/** A list counts only if all of it is there: anything less would turn into deletions that never happened. */
async function readPage(doing: string, response: Response, take: Take): Promise<ListPage<never>> {
  const { frame, bytes } = await readList((response.body ?? []) as unknown as AsyncIterable<Uint8Array>, async (items, size) => {
    if (items.some((item) => typeof item !== "object" || item === null)) throw new ProtocolError(`Cannot ${doing}: expected items to be objects`);
    await take(items as KubeObject[], size);
  });
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch (cause) {
    if (frame.trimStart().startsWith("{")) {
      throw new ProtocolError(`Cannot ${doing}: expected JSON, got some that is cut off or damaged`, { reason: "malformed", cause });
    }
    const type = response.headers.get("content-type") ?? "text without a content type";
    const what = `expected JSON, got ${type.split(";")[0]}; is the server URL that of the API server?`;
    throw new ProtocolError(`Cannot ${doing}: ${what}`, { reason: frame.trim() === "" ? "malformed" : "not-json", cause });
  }
  const { kind, metadata, items } = (value ?? {}) as { kind?: unknown; metadata?: { resourceVersion?: unknown; continue?: unknown }; items?: unknown };
  if (typeof kind === "string" && !kind.endsWith("List")) throw new ProtocolError(`Cannot ${doing}: expected a list, got kind ${kind}`);
  if (typeof metadata?.resourceVersion !== "string" && kind === undefined) {
    throw new ProtocolError(`Cannot ${doing}: expected a list with metadata.resourceVersion, got JSON without`);
  }
  // Go writes an empty list as null; as nothing only where the type says omitempty, as HistoricJobList does and JobList does not.
  const empty = items === null || (items === undefined && kind === "HistoricJobList");
  if (!empty && !Array.isArray(items)) throw new ProtocolError(`Cannot ${doing}: expected items to be an array`);
  const next = metadata?.continue;
  return {
    items: [],
    version: typeof metadata?.resourceVersion === "string" ? metadata.resourceVersion : "",
    continue: typeof next === "string" && next !== "" ? next : undefined,
    bytes,
    serverTimeMs: dateOf(response),
  };
}

/** The start of an error body, so that a large or endless one costs nothing. */
async function readStart(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ERROR_BODY_MAX) break;
  }
  return text;
}
