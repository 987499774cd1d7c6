// The URL of a health page in, exit code and one line for people out: what `job-controller ready` prints.
// For images without a shell, so it needs nothing but a fetch.

import { messageOf } from "../base/errors.ts";
import type { Fetch } from "../base/http.ts";

export interface Readiness {
  /** 0 ready; 1 not ready, unreachable, or answered by something else. */
  code: 0 | 1;
  line: string;
}

/**
 * Gets `url` (`http://host:port/readyz`, loopback in place of "every address") with `?verbose`.
 * @param timeoutMs for the headers, and for each silence of the body
 * Rejects with the signal's reason alone.
 */
export async function checkReady(fetch: Fetch, url: string, timeoutMs: number, signal: AbortSignal): Promise<Readiness> {
  let status: number;
  let body: string;
  try {
    const response = await fetch(`${url}?verbose`, { signal, redirect: "manual", headersTimeoutMs: timeoutMs, silenceTimeoutMs: timeoutMs });
    status = response.status;
    body = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    return { code: 1, line: `unreachable: ${url}: ${messageOf(error)}; is job-controller running with this --health-probe-bind-address?` };
  }
  const lines = body.split("\n").map((line) => line.trim());
  if (status === 200 && lines.includes("readyz check passed")) return { code: 0, line: "ready" };
  if (status === 503 && lines.includes("readyz check failed")) {
    const failed = lines.filter((line) => line.startsWith("[-]")).map((line) => line.slice(3));
    return { code: 1, line: `not ready: ${failed.join("; ")}` };
  }
  return { code: 1, line: `not ready: ${url} answered ${status}, which is not the page of a job-controller; another program may hold the address` };
}
