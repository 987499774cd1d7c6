// A fetch without credentials in, a fetch that adds one out. A 401 is tried once more if the credential has another secret.
// Knows neither what the request is for nor where the secret comes from; sees no status but 401.

import { type Count, uncounted } from "../base/counts.ts";
import type { Fetch, FetchInit } from "../base/http.ts";
import type { Secret } from "../base/secret.ts";
import { bearerValue, type Credential } from "./credential.ts";

/** Rejects as `fetch` does, and with what the credential throws (TokenError, NetworkError, ConfigError). */
export function authorize(fetch: Fetch, credential: Credential, count: Count = uncounted): Fetch {
  return async (url, init = {}) => {
    const signal = init.signal ?? undefined;
    const secret = await credential.current(signal);
    const first = await fetch(url, withSecret(init, credential.header, secret));
    // A stream was used up by the first try; whoever sends one repeats the request himself.
    if (first.status !== 401 || init.body instanceof ReadableStream) return first;
    let other: Secret | undefined;
    try {
      other = await credential.renewed(secret, signal);
    } catch (error) {
      count("unauthorized", { credential: "unavailable" });
      await discard(first);
      throw error;
    }
    count("unauthorized", { credential: other === undefined ? "unchanged" : "renewed" });
    if (other === undefined) return first;
    await discard(first);
    return fetch(url, withSecret(init, credential.header, other));
  };
}

function withSecret(init: FetchInit, header: Credential["header"], secret: Secret): FetchInit {
  const headers = new Headers(init.headers);
  headers.set(header, bearerValue(secret));
  return { ...init, headers };
}

/** An unread body keeps its connection. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
