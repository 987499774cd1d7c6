// Facts of the watch to notification lines, one per created job; and to what log and health pages should know.
// Does not know where facts come from, nor where lines go.

import type { Clock } from "../base/clock.ts";
import { type Count, uncounted } from "../base/counts.ts";
import { formatDuration } from "../base/duration.ts";
import { ApiError, messageOf, TokenError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Mailbox } from "../base/mailbox.ts";
import type { Job } from "../provisioning.ts";
import type { Fact } from "../kube/watch-state.ts";
import type { Announcement, Ledger } from "./ledger.ts";
import type { Trouble } from "./trouble.ts";

const LONGER_THAN_ANY_WAIT_MS = 60_000;

export interface NotifyOptions {
  /** Name of what is followed, as in `jobs` or `jobs in stacks-42`. */
  scope: string;
  facts: AsyncIterable<Fact[]>;
  ledger: Ledger;
  log: Logger;
  clock: Clock;
  trouble: Trouble;
  /** Resolves while the reader of our lines keeps up: nothing more is read from the server before. */
  drained: (signal: AbortSignal) => Promise<void>;
  /** A health check of this scope holds, or why not. */
  report: (check: "token" | "jobs-list" | "jobs-watch", ok: boolean, detail: string) => void;
  /** The first list is complete and the watch is open; once. */
  started: () => void;
  /** The stream was opened again: what lived and died meanwhile is only in the history. */
  reconnected: () => void;
  /** Asked when the very first attempt is forbidden: whether everything is, to everybody, for a while. Default: no. */
  serverStarting?: (signal: AbortSignal) => Promise<boolean>;
  count?: Count;
}

/**
 * Writes lines until the facts end (they end by throwing the reason of `signal`).
 * @throws ApiError or TokenError when the very first attempt is refused (401, 403) by a server that is up: nobody waits for that to change.
 */
export async function notifyCreated(options: NotifyOptions, signal: AbortSignal): Promise<void> {
  const { ledger, log, clock, scope, report, trouble } = options;
  let synced = false;
  let opened = 0;
  let open = false;
  let announced = false;
  let answered = false;
  for await (const facts of options.facts) {
    for (const fact of facts) {
      switch (fact.kind) {
        case "applied": {
          const announcement = ledger.applied(fact.object as Job, fact.trigger);
          if (announcement !== undefined) writeLine(announcement, options);
          break;
        }
        case "deleted":
          ledger.deleted(fact.uid, clock.monotonic());
          break;
        case "stream":
          open = fact.up;
          if (fact.up) {
            opened++;
            answered = true;
            report("token", true, "accepted");
            report("jobs-watch", true, "open");
            trouble.recovered(`${scope}: watch`);
            if (opened > 1) options.reconnected();
          }
          log.debug(fact.up ? "watch opened" : "watch ended", { what: scope, ...(fact.error === undefined ? {} : { error: messageOf(fact.error) }) });
          break;
        case "listed":
          synced = true;
          answered = true;
          ledger.listed(fact, clock.monotonic());
          report("token", true, "accepted");
          report("jobs-list", true, `${fact.differences.objects} jobs`);
          trouble.recovered(`${scope}: list`);
          tellList(fact, scope, log);
          break;
        case "failure":
          if (!answered && fact.stage === "anchor" && isRefusal(fact.error) && !(await isPassing(fact.error, options, signal))) throw fact.error;
          answered = true;
          if (fact.error instanceof TokenError) report("token", false, messageOf(fact.error));
          report(fact.stage === "list" ? "jobs-list" : "jobs-watch", false, messageOf(fact.error));
          // A stream that broke is opened again at once; only if that fails there is trouble.
          if (fact.stage !== "stream") trouble.failed(`${scope}: ${fact.stage === "list" ? "list" : "watch"}`, fact.error);
          log.debug("attempt failed", { what: scope, stage: fact.stage, error: messageOf(fact.error), retry_in: formatDuration(Math.round(fact.retryMs)) });
          break;
        case "stalled":
          log.warn("watch was silent while lists saw changes, opening it anew", { what: scope });
          break;
        case "unusable":
          log.warn("server sent something that cannot be followed", { what: fact.what });
          break;
        case "odd":
          log.debug("server contradicts itself", { what: scope, how: fact.what, count: fact.count });
          break;
        default:
          fact satisfies never;
      }
    }
    if (!announced && synced && open) {
      announced = true;
      options.started();
    }
    await options.drained(signal);
  }
}

function isRefusal(error: unknown): boolean {
  return (error instanceof ApiError || error instanceof TokenError) && (error.status === 401 || error.status === 403);
}

/** Whether a refusal says nothing of our rights. */
async function isPassing(error: unknown, { serverStarting }: NotifyOptions, signal: AbortSignal): Promise<boolean> {
  return error instanceof ApiError && error.status === 403 && serverStarting !== undefined && (await serverStarting(signal));
}

function tellList(fact: Fact & { kind: "listed" }, scope: string, log: Logger): void {
  const { objects, found, changed, gone } = fact.differences;
  const took = formatDuration(Math.round(fact.tookMs));
  if (fact.held > 0) log.warn("list lacks most known jobs at once, listing again before believing it", { what: scope, missing: fact.held });
  if (!fact.first && found > 0) log.warn("list found jobs that the watch had not told of", { what: scope, found, took });
  log.debug("list complete", { what: scope, objects, found, changed, gone, took });
}

/**
 * Announces what is known only from the history, each when its time has come; `wake` after every page. At the end the rest
 * goes out at once: whoever comes after this process takes their records for older than itself.
 */
export async function notifyReconstructed(
  ledger: Ledger,
  wake: Mailbox,
  log: Logger,
  clock: Clock,
  signal: AbortSignal,
  count: Count = uncounted,
): Promise<void> {
  const tell = (announcements: readonly Announcement[]) => {
    for (const announcement of announcements) {
      count("event-lost", { found_by: "history" });
      writeLine(announcement, { log, clock, count });
    }
  };
  try {
    for (;;) {
      const { dueAt } = ledger;
      if (dueAt === undefined) await wake.wait(signal);
      else await clock.sleep(dueAt - clock.monotonic(), signal);
      tell(ledger.due(clock.monotonic()));
    }
  } finally {
    tell(ledger.due(clock.monotonic() + LONGER_THAN_ANY_WAIT_MS));
  }
}

type Output = Pick<NotifyOptions, "log" | "clock" | "count">;

/** `lag_ms`: our clock less `creationTimestamp`, which is cut to whole seconds on the server's clock. */
function writeLine({ namespace, job, uid, repository, action, trigger, createdMs }: Announcement, { log, clock, count = uncounted }: Output): void {
  const lagMs = createdMs === undefined ? undefined : Math.max(0, Math.round(clock.now() - createdMs));
  const fields = { namespace, job, uid, repository, action, trigger };
  log.notify("job create notification received", lagMs === undefined ? fields : { ...fields, lag_ms: lagMs });
  count("notified", { trigger });
  if (lagMs !== undefined && (trigger === "live" || trigger === "relist")) count("notification-lag", { trigger }, lagMs / 1000);
}
