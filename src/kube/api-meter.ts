// An Api in, the same Api out, whose lists, reads and writes are counted by what came of them. Changes no answer.
// Watches are counted by watch-meter.ts, which also knows how they end.

import type { Clock } from "../base/clock.ts";
import { type Count, type CountLabels, DELETE_REASONS, LIST_REASONS, OBJECT_REASONS } from "../base/counts.ts";
import { ApiError } from "../base/errors.ts";
import { oneOf, reasonOf } from "../base/reasons.ts";
import { type Api, takingThrough } from "./api.ts";
import type { ObjectAnswer } from "./api-objects.ts";
import { isConflict, isGone } from "./status.ts";
import type { KubeObject } from "./types.ts";

/** From the request to the page, or the first part of one that is taken in parts. */
const SLOW_MS = 3_000;
/** A server's `Date` that moved by more than this against our clock was set, not drifting. */
const JUMP_MS = 60_000;

export interface MeteredApi extends Api {
  /** The server's clock less ours at its last list, read or write, ms; undefined before, and without `Date`. */
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

  function failed(operation: CountLabels<"asked-to-wait">["operation"], error: unknown, signal: AbortSignal, tell: () => void): never {
    if (signal.aborted && error === signal.reason) throw error;
    tell();
    if (error instanceof ApiError && error.retryAfterMs !== undefined) count("asked-to-wait", { operation });
    throw error;
  }

  /** What became of one object; only a delete answers with none. */
  async function object<A extends ObjectAnswer | void>(labels: CountLabels<"object">, signal: AbortSignal, asked: Promise<A>): Promise<A> {
    const answer = await asked.catch((error: unknown) =>
      failed(labels.operation, error, signal, () => {
        if (isConflict(error) || isGone(error)) count("object-contended", labels);
        else count("object-failed", { operation: labels.operation, reason: oneOf(OBJECT_REASONS, reasonOf(error)) });
      })
    );
    count("object", labels);
    if (answer) tellTime(answer.serverTimeMs);
    return answer;
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
      let firstAt: number | undefined;
      const noted = takingThrough(query, (take) => (...part) => {
        firstAt ??= clock.monotonic();
        return take(...part);
      });
      const page = await api.listPage<T>(collection, noted, signal, sent).catch((error: unknown) =>
        failed("list", error, signal, () => count("page-failed", { resource, reason: oneOf(LIST_REASONS, reasonOf(error)) }))
      );
      count("page", { resource });
      // Whoever asked finds out, too, and gives the list up.
      if (page.continue !== undefined && page.continue === query.continue) count("page-failed", { resource, reason: "repeated-token" });
      if ((firstAt ?? clock.monotonic()) - sentAt > SLOW_MS) count("page-slow", { resource });
      tellTime(page.serverTimeMs);
      return page;
    },

    getObject: <T extends KubeObject>(...args: Parameters<Api["getObject"]>) =>
      object({ operation: "get", resource: args[0].resource }, args[2], api.getObject<T>(...args)),
    createObject: (...args) => object({ operation: "create", resource: args[0].resource }, args[2], api.createObject(...args)),
    replaceObject: (...args) => object({ operation: "replace", resource: args[0].resource }, args[2], api.replaceObject(...args)),
    replaceStatus: (...args) => object({ operation: "replace", resource: args[0].resource }, args[2], api.replaceStatus(...args)),

    async deleteObject(...args) {
      const [{ resource }, _target, signal] = args;
      if (resource !== "historicjobs") return object({ operation: "delete", resource }, signal, api.deleteObject(...args));
      await api.deleteObject(...args).catch((error: unknown) =>
        failed("delete", error, signal, () => count("delete-failed", { reason: oneOf(DELETE_REASONS, reasonOf(error)) }))
      );
      count("deleted", {});
    },
  };
}
