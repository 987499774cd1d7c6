// The last check before a secret would cross a network in clear text. The command line has a check of its own, earlier;
// this one also sees addresses that come from files.

import { ConfigError } from "../base/errors.ts";

/** @throws ConfigError for plain HTTP to a host that is not this machine, unless allowed */
export function refusePlaintext(url: URL, allowed: boolean): void {
  if (url.protocol !== "http:" || allowed || isLoopback(url.hostname)) return;
  throw new ConfigError(
    `Cannot send the token to ${endpointOf(url)}: it would cross the network in clear text; use https, or give --allow-plaintext-token`,
  );
}

/** The address for messages, quoted: no user info, no query, as either may hold a secret. */
export function endpointOf(url: URL): string {
  return JSON.stringify(url.origin + url.pathname);
}

/** Takes a host as URL normalises it: `0x7f.1` has become `127.0.0.1` by then. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname)
  );
}
