// The time table of sweeps and what is said about them: retention and interval in, sweeps without overlap out.
// Ends with its signal alone; whatever the server does is said and tried again.

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import { type Count, uncounted } from "../base/counts.ts";
import { formatDuration } from "../base/duration.ts";
import { ApiError, type AppError, NetworkError } from "../base/errors.ts";
import { type Fields, type Logger, rfc3339 } from "../base/log.ts";
import type { Api } from "../kube/api.ts";
import { Deleter, type Target } from "./deleter.ts";
import { ServerClock } from "./server-clock.ts";
import { fieldsOf, type ScanObserver, type Scope, sweep, type SweepContext, type SweepEnd, type Tally } from "./sweep.ts";

export interface PruneOptions {
  api: Pick<Api, "listPage" | "deleteObject">;
  /** `[undefined]` = all namespaces in one list. */
  namespaces: readonly (string | undefined)[];
  /** HistoricJobs strictly older than this go, ms. Greater than zero. */
  retentionMs: number;
  /** Start of one sweep to start of the next, ms; see `sweepInterval`. */
  sweepIntervalMs: number;
  /** DELETEs per second; 0 = no cap. */
  deleteRate: number;
  /** Deletes nothing, says what it would. */
  dryRun: boolean;
  clock: Clock;
  random: Random;
  log: Logger;
  observer?: ScanObserver;
  count?: Count;
  /** Called behind each sweep, when none of its requests is under way. */
  rested?: () => void;
}

/** A server without the collection is asked again after this long. */
const ABSENT_RETRY_MS = 600_000;
/** A trouble that goes on is said again after this long. */
const REMIND_MS = 60_000;

interface Plan extends Scope {
  dueMs: number;
  backoff: Backoff;
  /** The trouble that was last said, so that it is said once until it changes. */
  trouble?: { kind: string; sinceMs: number; saidMs: number };
}

/**
 * Sweeps at once and then every interval, until aborted; then it lets requests under way end (at most 5 s) and rejects with
 * the signal's reason. While fewer objects expire than the rate allows, an object dies within the interval, two seconds and
 * the duration of a sweep after its time, and never before it, whatever the two clocks show.
 */
export async function pruneEvery(options: PruneOptions, signal: AbortSignal): Promise<void> {
  const { clock, log, random, count = uncounted } = options;
  signal.throwIfAborted();
  log.info("history cleanup enabled", { expiration: formatDuration(options.retentionMs) });
  const plans: Plan[] = options.namespaces.map((namespace) => ({ namespace, dueMs: Number.NEGATIVE_INFINITY, backoff: new Backoff(random) }));
  const deleter = new Deleter({ api: options.api, ratePerSecond: options.deleteRate, clock, random, count });
  const serverClock = new ServerClock(clock, options.retentionMs);
  const noDate = once(() => log.warn("server sends no Date, ages are measured by the local clock"));
  let regularMs = Number.NEGATIVE_INFINITY;

  for (;;) {
    const startedMs = clock.monotonic();
    if (startedMs >= regularMs) regularMs = startedMs + options.sweepIntervalMs;
    const due = plans.filter((plan) => plan.dueMs <= startedMs);
    if (due.length > 0) {
      await round(due, regularMs);
      options.rested?.();
    }
    const nextMs = Math.min(...plans.map((plan) => plan.dueMs));
    await clock.sleep(Math.max(nextMs - clock.monotonic(), 1), signal);
  }

  /** One sweep: every due scope in turn, then the summary. */
  async function round(due: readonly Plan[], nextMs: number): Promise<void> {
    const startedMs = clock.monotonic();
    const tally: Tally = { seen: 0, expired: 0, deleted: 0, gone: 0, changed: 0, failed: 0 };
    const context: SweepContext = { ...options, deleter, serverClock, observer: options.observer, noDate, failed: failures(log) };
    let answered = false;
    let early: string | undefined;
    deleter.beginSweep();
    for (const plan of due) plan.dueMs = nextMs;
    try {
      for (const [index, plan] of due.entries()) {
        const end = await sweep(plan, context, tally, signal);
        count("sweep", { end: end.kind });
        settle(plan, end, nextMs);
        if (end.kind === "complete") answered = true;
        else if (end.kind !== "absent") early ??= REASONS[end.kind];
        if (end.kind === "moved") break;
        if (end.kind === "failing" && (end.verb === "delete" || end.everywhere)) {
          for (const other of due.slice(index + 1)) other.dueMs = plan.dueMs;
          break;
        }
      }
    } catch (error) {
      if (signal.aborted) early = "shutdown";
      throw error;
    } finally {
      if (answered || tally.seen > 0) {
        const summary = { ...tally, duration: formatDuration(Math.round(clock.monotonic() - startedMs)), dry_run: options.dryRun || undefined };
        if (early === undefined) log.info("history sweep complete", summary);
        else log.info("history sweep ended early", { ...summary, reason: early });
      }
    }
  }

  /** Says what there is to say about an end, once, and decides when the scope is due again. */
  function settle(plan: Plan, end: SweepEnd, nextMs: number): void {
    const now = clock.monotonic();
    const { namespace } = plan;
    switch (end.kind) {
      case "complete":
        plan.trouble = undefined;
        plan.backoff.reset();
        return;
      case "outdated":
        plan.trouble = undefined;
        plan.dueMs = Math.min(nextMs, now + plan.backoff.next(now));
        return;
      case "moved":
        log.warn("server clock moved, sweep skipped", {
          moved: formatDuration(Math.round(end.byMs / 1_000) * 1_000),
          server_time: rfc3339(end.dateMs),
          expected: rfc3339(end.expectedMs),
          local_time: rfc3339(clock.now()),
        });
        return;
      case "absent":
        plan.dueMs = now + ABSENT_RETRY_MS;
        // Every namespace is served by the same API: one line for all of them.
        if (plans.every((other) => other.trouble?.kind !== "absent")) {
          log.warn("historic jobs are not served here, nothing to clean up", {
            namespace,
            error: end.error,
            hint: "history is probably kept in Loki; --history-expiration=0 turns the cleanup off",
            retry_in: formatDuration(ABSENT_RETRY_MS),
          });
        }
        plan.trouble = { kind: "absent", sinceMs: now, saidMs: now };
        return;
      case "forbidden":
        if (plan.trouble?.kind === `${end.verb} forbidden`) return;
        plan.trouble = { kind: `${end.verb} forbidden`, sinceMs: now, saidMs: now };
        log.warn(FORBIDDEN[end.verb], {
          namespace,
          error: end.error,
          hint: `grant ${end.verb} on historicjobs, or turn the cleanup off with --history-expiration=0`,
        });
        return;
      case "failing": {
        const asked = end.verb === "list" ? end.retryAfterMs : undefined;
        plan.dueMs = Math.max(Math.min(nextMs, now + plan.backoff.next(now)), now + (asked ?? 0));
        const known = plan.trouble?.kind === kindOf(end.error) ? plan.trouble : undefined;
        if (known !== undefined && now - known.saidMs < REMIND_MS) return;
        plan.trouble = { kind: kindOf(end.error), sinceMs: known?.sinceMs ?? now, saidMs: now };
        const fields: Fields = { namespace, error: end.error, since: rfc3339(clock.now() - (now - plan.trouble.sinceMs)) };
        log.warn(FAILING[end.verb], fields);
      }
    }
  }
}

const FORBIDDEN = {
  list: "not allowed to list historic jobs, sweep ended",
  delete: "not allowed to delete historic jobs, sweep ended",
} as const;

const FAILING = {
  list: "failed to list historic jobs, sweep ended",
  delete: "deletions of historic jobs keep failing, sweep ended",
} as const;

const REASONS: Record<Exclude<SweepEnd["kind"], "complete" | "absent">, string> = {
  outdated: "continue token expired",
  forbidden: "forbidden",
  failing: "server is failing",
  moved: "server clock moved",
};

/** Says the first failure of each kind in a sweep at WARN, the others at DEBUG: a storm must not flood. A 403 has a line of its own. */
function failures(log: Logger): (target: Target, error: AppError) => void {
  const said = new Set<string>(["api 403"]);
  return (target, error) => {
    const kind = kindOf(error);
    if (!said.has(kind)) log.warn("failed to delete expired historic job", { ...fieldsOf(target), error });
    else if (log.debugEnabled) log.debug("failed to delete expired historic job", { ...fieldsOf(target), error });
    said.add(kind);
  };
}

/** What makes two errors the same trouble: never the text, which names an object or a time. */
function kindOf(error: AppError): string {
  if (error instanceof ApiError) return `${error.kind} ${error.status}`;
  return error instanceof NetworkError ? `${error.kind} ${error.reason}` : error.kind;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
