// One pass over the HistoricJobs of one scope: pages in, one at a time, deletions out, and how the pass ended.
// Holds two pages at most: the next one comes while the last one's are deleted. Keeps no time table and judges no failure:
// prune.ts does.

import { ahead } from "../base/ahead.ts";
import { formatDuration } from "../base/duration.ts";
import { ApiError, AppError, NetworkError, TokenError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Api } from "../kube/api.ts";
import { pages } from "../kube/pager.ts";
import { isExpired } from "../kube/status.ts";
import type { Collection, ListPage } from "../kube/types.ts";
import type { HistoricJob } from "../provisioning.ts";
import type { Deleter, DeleteStop, Outcome, Target } from "./deleter.ts";
import { ageMs, expired } from "./expired.ts";
import type { Reading, ServerClock } from "./server-clock.ts";

/** Told of all that a scan reads, before anything of it is deleted. A scan that ends incomplete proves no absence. */
export interface ScanObserver {
  /** Before the first request. `namespace` undefined: all of them. */
  scanBegan(namespace: string | undefined): void;
  /** The page is not touched until this has returned; keep nothing of it. */
  page(namespace: string | undefined, page: ListPage<HistoricJob>): void | Promise<void>;
  scanEnded(namespace: string | undefined, complete: boolean): void;
}

/** What a sweep did, over all its scopes. */
export type Tally = { seen: number; expired: number } & Record<Outcome, number>;

export type SweepEnd =
  | { kind: "complete" }
  /** 404 on the collection: this server keeps no HistoricJobs. */
  | { kind: "absent"; error: ApiError }
  /** 410: the continue token outlived the server's memory. The next sweep starts anew. */
  | { kind: "outdated" }
  /** 403 on the list. */
  | { kind: "forbidden"; verb: "list"; error: AppError }
  /** A page could not be had. `everywhere`: no other scope would fare better. */
  | { kind: "failing"; verb: "list"; error: AppError; everywhere: boolean; retryAfterMs?: number }
  | DeleteStop
  | (Reading & { kind: "moved" });

/** A namespace (undefined: all of them), and up to which server time a dry run has named what it would delete. */
export interface Scope {
  readonly namespace: string | undefined;
  namedUntilMs?: number;
}

export interface SweepContext {
  api: Pick<Api, "listPage">;
  deleter: Deleter;
  serverClock: ServerClock;
  retentionMs: number;
  dryRun: boolean;
  log: Logger;
  observer: ScanObserver | undefined;
  /** Told once per page that the local clock had to stand in for a missing Date. */
  noDate: () => void;
  /** Told of every deletion that failed. */
  failed: (target: Target, error: AppError) => void;
}

/** Objects per page. Small, since the page is the peak of our memory and a sweep is in no hurry. */
const PAGE_SIZE = 250;

/** Adds to `tally` as it goes. Rejects with the signal's reason, or with a bug. */
export async function sweep(scope: Scope, context: SweepContext, tally: Tally, signal: AbortSignal): Promise<SweepEnd> {
  const { namespace } = scope;
  const { observer, retentionMs } = context;
  const collection: Collection = { resource: "historicjobs", namespace };
  let firstMs: number | undefined;
  let complete = false;
  observer?.scanBegan(namespace);
  try {
    for await (const { page, reading } of ahead(read(scope, context, signal))) {
      tally.seen += page.items.length;
      if (reading.kind === "moved") return reading;
      if (reading.source === "local") context.noDate();
      firstMs ??= reading.nowMs;
      const targets = expiredOf(page, namespace, reading.nowMs, retentionMs);
      tally.expired += targets.length;
      const stop = context.dryRun
        ? nameAll(targets, reading.nowMs, scope, context)
        : await context.deleter.deleteAll(collection, targets, reporter(context, tally), signal);
      if (stop !== undefined) return stop;
    }
    complete = true;
    scope.namedUntilMs = firstMs;
    return { kind: "complete" };
  } catch (error) {
    signal.throwIfAborted();
    return listEnd(error);
  } finally {
    observer?.scanEnded(namespace, complete);
  }
}

/** Pages and what they say of the time, looked at as they arrive: they are acted on a page later. */
async function* read({ namespace }: Scope, { api, observer, serverClock }: SweepContext, signal: AbortSignal) {
  for await (const page of pages<HistoricJob>(api, { resource: "historicjobs", namespace }, { pageSize: PAGE_SIZE }, signal)) {
    const reading = serverClock.read(page.serverTimeMs);
    await observer?.page(namespace, page);
    yield { page, reading };
  }
}

/** An object without name, namespace or uid is kept: it could not be deleted with a precondition. */
function expiredOf(page: ListPage<HistoricJob>, namespace: string | undefined, nowMs: number, retentionMs: number): Target[] {
  const targets: Target[] = [];
  for (const object of page.items) {
    const age = ageMs(object, nowMs);
    if (age === undefined || !expired(age, retentionMs)) continue;
    const { name, uid, namespace: own = namespace } = object.metadata ?? {};
    if (!name || !uid || !own) continue;
    targets.push({ namespace: own, name, uid, ageMs: age });
  }
  return targets;
}

function reporter({ log, failed }: SweepContext, tally: Tally): (target: Target, outcome: Outcome, error?: AppError) => void {
  return (target, outcome, error) => {
    tally[outcome]++;
    if (outcome === "deleted") {
      if (log.debugEnabled) log.debug("deleted expired historic job", fieldsOf(target));
    } else if (error !== undefined) {
      failed(target, error);
    } else if (log.debugEnabled) {
      log.debug(outcome === "gone" ? "historic job already deleted" : "historic job changed, left for the next sweep", fieldsOf(target));
    }
  };
}

/** A dry run meets the same objects in every sweep: each is named at INFO when it is first met expired, then at DEBUG. */
function nameAll(targets: readonly Target[], nowMs: number, scope: Scope, { log, retentionMs }: SweepContext): undefined {
  for (const target of targets) {
    const createdMs = nowMs - target.ageMs;
    const named = scope.namedUntilMs !== undefined && expired(scope.namedUntilMs - createdMs, retentionMs);
    if (!named) log.info("would delete expired historic job", fieldsOf(target));
    else if (log.debugEnabled) log.debug("would delete expired historic job", fieldsOf(target));
  }
}

/** The facts of a deletion as log keys. */
export function fieldsOf(target: Target): Record<string, string> {
  return { namespace: target.namespace, job: target.name, age: formatDuration(target.ageMs) };
}

function listEnd(error: unknown): SweepEnd {
  if (isExpired(error)) return { kind: "outdated" };
  if (error instanceof ApiError && error.status === 404) return { kind: "absent", error };
  if (error instanceof ApiError && error.status === 403) return { kind: "forbidden", verb: "list", error };
  if (!(error instanceof AppError)) throw error;
  const everywhere = error instanceof NetworkError || error instanceof TokenError;
  return { kind: "failing", verb: "list", error, everywhere, retryAfterMs: error instanceof ApiError ? error.retryAfterMs : undefined };
}
