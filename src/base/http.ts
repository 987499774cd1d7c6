// The shape of an HTTP call between rooms: what runtime/ makes, auth/ wraps and kube/ uses.

export interface FetchInit extends RequestInit {
  /** Deadline for connect, TLS and response headers together, milliseconds; `false` = none. Default 30,000. */
  headersTimeoutMs?: number | false;
  /** Longest silence of the body, milliseconds; `false` = none. Default 30,000. */
  silenceTimeoutMs?: number | false;
  /** Told when the request goes out, its credential at hand; again when it is repeated. */
  onSend?: () => void;
}

/**
 * Like the web's fetch, with redirects never followed and deadlines of its own.
 * Rejects (also while the body is read) with NetworkError, or with the reason of `init.signal`.
 */
export type Fetch = (url: string, init?: FetchInit) => Promise<Response>;

/** Reads `Retry-After` (seconds or HTTP date); milliseconds, capped at five minutes; undefined if absent or unreadable. */
export function retryAfterMs(value: string | null | undefined, nowMs: number): number | undefined {
  if (value === null || value === undefined) return undefined;
  const text = value.trim();
  // Hosts read a date into numbers like -5 or 1.5; an HTTP date begins with the day's name.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(/^[A-Za-z]/.test(text) ? text : "") - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 300_000);
}

/** Whether a URL is on this machine itself: localhost and names under it, 127.0.0.0/8 in both families, ::1. */
export function isLoopback(url: URL): boolean {
  // URL has put numbers into their one form: 0x7f.1 is 127.0.0.1, ::ffff:127.0.0.1 is ::ffff:7f00:1.
  const host = url.hostname.replace(/\.$/, "");
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^(?:127(?:\.\d+){3}|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/.test(host);
}
