// Reads the history for jobs that lived and died unseen: after every reconnect, and once per resync where no sweep has
// read it meanwhile. Tells the ledger; deletes nothing.

import type { Clock } from "../base/clock.ts";
import { type Count, uncounted } from "../base/counts.ts";
import { ApiError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Mailbox } from "../base/mailbox.ts";
import type { Api } from "../kube/api.ts";
import type { ListLane, Turn } from "../kube/list-lane.ts";
import { pages } from "../kube/pager.ts";
import type { ListPage } from "../kube/types.ts";
import type { HistoricJob } from "../provisioning.ts";
import type { Ledger } from "./ledger.ts";

export interface HistoryReader {
  scanBegan(): void;
  page(page: ListPage<HistoricJob>): void;
  scanEnded(complete: boolean): void;
}

/** What a pass over the history tells the ledger; `wake` is offered when something may wait in it. */
export function historyReader(ledger: Ledger, api: Pick<Api, "firstAnswerMs">, clock: Clock, wake: Mailbox, count: Count = uncounted): HistoryReader {
  return {
    scanBegan: () => ledger.scanBegan(clock.monotonic()),
    page(page) {
      const now = clock.now();
      ledger.recorded(page.items, page.serverTimeMs ?? now, api.firstAnswerMs ?? now, clock.monotonic());
      if (ledger.dueAt !== undefined) wake.offer();
    },
    scanEnded: (complete) => count("unrecorded", {}, ledger.scanEnded(complete, clock.monotonic())),
  };
}

export interface ScanOptions {
  api: Pick<Api, "listPage">;
  namespace: string | undefined;
  ledger: Ledger;
  reader: HistoryReader;
  lane: ListLane;
  clock: Clock;
  log: Logger;
  resyncMs: number;
  /** Offered after a reconnect. */
  wanted: Mailbox;
  count?: Count;
}

/** Records per page: the page is the peak of our memory, and a scan is in no hurry. */
const PAGE_SIZE = 500;
/** How long to leave a history alone that is not served or not allowed. */
const UNREADABLE_MS = 600_000;

/** Runs until `signal` is aborted. A history that cannot be read is said once and tried again every ten minutes. */
export async function scanHistory(options: ScanOptions, signal: AbortSignal): Promise<void> {
  const { ledger, clock, log, count = uncounted } = options;
  let told = false;
  let triedAt = clock.monotonic();
  for (;;) {
    await nextWish(options, triedAt, signal);
    const wantedAt = clock.monotonic();
    const turn = await options.lane.enter(false, signal);
    try {
      // A sweep may have read all of it while we waited.
      if (ledger.scannedSince > wantedAt) continue;
      triedAt = clock.monotonic();
      await readAll(options, turn, signal);
      count("history-scan", { end: "complete" });
      told = false;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)) {
        count("history-scan", { end: "broken" });
        log.debug("history scan broke off", { error: messageOf(error) });
        continue;
      }
      count("history-scan", { end: "unreadable" });
      ledger.historyUnreadable();
      if (!told) log.warn("history cannot be read: jobs that come and go while the watch is down will not be told", { error: error.message });
      told = true;
      turn.leave();
      await clock.sleep(UNREADABLE_MS, signal);
    } finally {
      turn.leave();
    }
  }
}

/** Resolves after a reconnect, and when no complete pass has begun for one interval. */
async function nextWish({ wanted, clock, resyncMs, ledger }: ScanOptions, triedAt: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const dueAt = Math.max(ledger.scannedSince, triedAt) + resyncMs;
    if (await reconnected(wanted, clock, dueAt - clock.monotonic(), signal)) return;
    if (ledger.scannedSince + resyncMs <= dueAt) return;
  }
}

/** True with the next reconnect, false once `ms` have passed without one. */
async function reconnected(wanted: Mailbox, clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  const race = new AbortController();
  const either = AbortSignal.any([signal, race.signal]);
  let came = false;
  const reconnect = wanted.wait(either).then(() => {
    came = true;
  });
  const tick = clock.sleep(ms, either);
  try {
    await Promise.race([reconnect, tick]);
  } finally {
    race.abort();
    await Promise.allSettled([reconnect, tick]);
  }
  return came;
}

async function readAll({ api, namespace, reader }: ScanOptions, turn: Turn, signal: AbortSignal): Promise<void> {
  const collection = namespace === undefined ? { resource: "historicjobs" as const } : { resource: "historicjobs" as const, namespace };
  const paced: Pick<Api, "listPage"> = {
    listPage: (of, query, until) => turn.request((sent) => api.listPage(of, query, until, sent)),
  };
  reader.scanBegan();
  let complete = false;
  try {
    for await (const page of pages<HistoricJob>(paced, collection, { pageSize: PAGE_SIZE }, signal)) reader.page(page);
    complete = true;
  } finally {
    reader.scanEnded(complete);
  }
}
