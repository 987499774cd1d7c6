// An Api in, the same Api out, whose lists and deletes are counted by what came of them. Changes no answer.
// Watches are counted by watch-meter.ts, which also knows how they end.

import type { Clock } from "../base/clock.ts";
import { type Count, DELETE_REASONS, LIST_REASONS } from "../base/counts.ts";
import { ApiError } from "../base/errors.ts";
import { oneOf, reasonOf } from "../base/reasons.ts";
import type { Api } from "./api.ts";
import type { KubeObject } from "./types.ts";

/** From the request to the last byte. A list that takes longer stretches the resync interval of a minute. */
const SLOW_MS = 3_000;
/** A server's `Date` that moved by more than this against our clock was set, not drifting. */
const JUMP_MS = 60_000;

export interface MeteredApi extends Api {
  /** The server's clock less ours at its last list, ms; undefined before, and without `Date`. */
  readonly clockSkewMs: number | undefined;
}

export function meteredApi(api: Api, count: Count, clock: Pick<Clock, "now" | "monotonic">): MeteredApi {
  let clockSkewMs: number | undefined;
  let offsetMs: number | undefined;

  function tellTime(serverTimeMs: number | undefined): void {
    if (serverTimeMs === undefined) return;
    clockSkewMs = serverTimeMs - clock.now();
    const before = offsetMs;
    offsetMs = serverTimeMs - clock.monotonic();
    if (before !== undefined && Math.abs(offsetMs - before) > JUMP_MS) count("clock-jump", {});
  }

  function failed(operation: "list" | "delete", error: unknown, signal: AbortSignal, tell: () => void): never {
    if (signal.aborted && error === signal.reason) throw error;
    tell();
    if (error instanceof ApiError && error.retryAfterMs !== undefined) count("asked-to-wait", { operation });
    throw error;
  }

  return {
    openWatch: api.openWatch,
    get firstAnswerMs() {
      return api.firstAnswerMs;
    },
    get clockSkewMs() {
      return clockSkewMs;
    },

    async listPage<T extends KubeObject>(...[collection, query, signal, onSend]: Parameters<Api["listPage"]>) {
      const { resource } = collection;
      let sentAt = clock.monotonic();
      const sent = () => {
        sentAt = clock.monotonic();
        onSend?.();
      };
      const page = await api.listPage<T>(collection, query, signal, sent).catch((error: unknown) =>
        failed("list", error, signal, () => count("page-failed", { resource, reason: oneOf(LIST_REASONS, reasonOf(error)) }))
      );
      count("page", { resource });
      // Whoever asked finds out, too, and gives the list up.
      if (page.continue !== undefined && page.continue === query.continue) count("page-failed", { resource, reason: "repeated-token" });
      if (clock.monotonic() - sentAt > SLOW_MS) count("page-slow", { resource });
      tellTime(page.serverTimeMs);
      return page;
    },

    async deleteObject(collection, target, signal) {
      await api.deleteObject(collection, target, signal).catch((error: unknown) =>
        failed("delete", error, signal, () => count("delete-failed", { reason: oneOf(DELETE_REASONS, reasonOf(error)) }))
      );
      count("deleted", {});
    },
  };
}
