// A Fetch in, the same Fetch out, whose requests are counted by status, or by why none came. What breaks an answer that
// has begun is for its reader to count.

import { type Count, type CountLabels } from "../base/counts.ts";
import { CONNECTION_REASONS, NetworkError, ProtocolError } from "../base/errors.ts";
import type { Fetch } from "../base/http.ts";

type Server = CountLabels<"no-answer">["server"];
type ConnectionReason = (typeof CONNECTION_REASONS)[number];

/** `server`: which of the two it leads to. */
export function countedFetch(fetch: Fetch, server: Server, count: Count): Fetch {
  return async (url, init) => {
    const method = init?.method ?? "GET";
    const answer = (code: string) => count("answer", { code, method, host: new URL(url).host });
    try {
      const response = await fetch(url, init);
      answer(String(response.status));
      return response;
    } catch (error) {
      if (error instanceof NetworkError && isOfConnection(error.reason)) {
        answer("<error>");
        count("no-answer", { server, reason: error.reason });
      } else if (error instanceof ProtocolError) {
        answer("<error>");
      }
      throw error;
    }
  };
}

function isOfConnection(reason: string): reason is ConnectionReason {
  return (CONNECTION_REASONS as readonly string[]).includes(reason);
}
