// A Fetch whose answers are written down beforehand, in order; it keeps what was sent.

import type { Fetch, FetchInit } from "../../src/base/http.ts";

export interface SentRequest {
  url: string;
  method: string;
  headers: Headers;
  /** Body as text; `""` without one. */
  body: string;
  init: FetchInit;
}

/** A response, an error to reject with, or a function that makes either from the request (and may wait). */
export type Answer = Response | Error | ((request: SentRequest) => Response | Promise<Response>);

export class ScriptedFetch {
  readonly requests: SentRequest[] = [];
  #answers: Answer[];
  #waiting: { count: number; reached: () => void }[] = [];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  push(...answers: Answer[]): void {
    this.#answers.push(...answers);
  }

  /** Answers that were not asked for yet. */
  get left(): number {
    return this.#answers.length;
  }

  readonly fetch: Fetch = async (url, init = {}) => {
    init.signal?.throwIfAborted();
    const request: SentRequest = {
      url,
      method: init.method ?? "GET",
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? init.body : init.body ? await new Response(init.body).text() : "",
      init,
    };
    this.requests.push(request);
    init.onSend?.();
    const answer = this.#answers.shift();
    this.#waiting = this.#waiting.filter(({ count, reached }) => {
      if (this.requests.length < count) return true;
      reached();
      return false;
    });
    if (answer === undefined)
      throw new Error(`No answer left in the script for request ${this.requests.length}: ${request.method} ${url}`);
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    return orAborted(Promise.resolve(answer(request)), init.signal);
  };

  /** Resolves once `count` requests came in all. */
  async received(count: number): Promise<void> {
    if (this.requests.length >= count) return;
    await new Promise<void>((reached) => this.#waiting.push({ count, reached }));
  }
}

/** A response with a JSON body. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { ...init, headers });
}

/** An answer that never comes: rejects when the request's signal is aborted, as every Fetch does. */
export function silence(): Promise<Response> {
  return new Promise(() => undefined);
}

function orAborted<T>(result: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return result;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
