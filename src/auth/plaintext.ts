// The last check before a secret would cross a network in clear text. The command line has a check of its own, earlier;
// this one also sees addresses that come from files.

import { ConfigError } from "../base/errors.ts";
import { isLoopback } from "../base/http.ts";

/** @throws ConfigError for plain HTTP to a host that is not this machine, unless allowed */
export function refusePlaintext(url: URL, allowed: boolean): void {
  if (url.protocol !== "http:" || allowed || isLoopback(url)) return;
  throw new ConfigError(
    `Cannot send the token to ${endpointOf(url)}: it would cross the network in clear text; use https, or give --allow-plaintext-token`,
  );
}

/** The address for messages, quoted: no user info, no query, as either may hold a secret. */
export function endpointOf(url: URL): string {
  return JSON.stringify(url.origin + url.pathname);
}
