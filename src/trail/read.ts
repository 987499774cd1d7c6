// A history, page by page, to the newest jobs that were asked for and what was counted on the way. Writes nothing, prints nothing.

import type { Clock } from "../base/clock.ts";
import { ApiError, IncompatibleError, messageOf } from "../base/errors.ts";
import type { Api } from "../kube/api.ts";
import { pages } from "../kube/pager.ts";
import { isExpired } from "../kube/status.ts";
import type { Collection } from "../kube/types.ts";
import type { HistoricJob } from "../provisioning.ts";
import { endedMs, type FinishedJob, finishedJob } from "./finished-job.ts";
import { Newest } from "./newest.ts";

export interface TrailQuery {
  /** Empty = all, at once. */
  namespaces: readonly string[];
  /** Undefined = any. */
  repository: string | undefined;
  outcome: string | undefined;
  /** Ended at most this long ago, by the server's clock. */
  sinceMs: number | undefined;
  /** How many of them are kept, the newest. */
  limit: number;
}

export interface Trail {
  /** The newest first. */
  jobs: readonly FinishedJob[];
  /** Records that were read, and those that were asked for. */
  read: number;
  matched: number;
  /** How those that matched ended. */
  outcomes: ReadonlyMap<string, number>;
  /** The server's time, or ours where it does not tell; ms since the epoch. */
  nowMs: number;
}

const TRIES = 3;

/**
 * @throws what listPage throws; IncompatibleError where the server keeps no HistoricJobs
 */
export async function readTrail(api: Pick<Api, "listPage">, clock: Pick<Clock, "now">, query: TrailQuery, signal: AbortSignal): Promise<Trail> {
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(api, clock, query, signal);
    } catch (error) {
      // A list that outlived its snapshot begins anew.
      if (isExpired(error) && tries < TRIES) continue;
      throw isAbsent(error) ? await whyAbsent(api, query, error, signal) : error;
    }
  }
}

async function readOnce(api: Pick<Api, "listPage">, clock: Pick<Clock, "now">, query: TrailQuery, signal: AbortSignal): Promise<Trail> {
  const newest = new Newest(query.limit);
  const outcomes = new Map<string, number>();
  let [read, matched] = [0, 0];
  let nowMs: number | undefined;
  for (const collection of collectionsOf("historicjobs", query)) {
    for await (const page of pages<HistoricJob>(api, collection, {}, signal)) {
      // The first page's time for all: whether a job is recent must not depend on how long the reading takes.
      nowMs ??= page.serverTimeMs ?? clock.now();
      read += page.items.length;
      for (const job of page.items.map(finishedJob)) {
        if (!matches(job, query, nowMs)) continue;
        matched++;
        outcomes.set(job.outcome, (outcomes.get(job.outcome) ?? 0) + 1);
        newest.add(job);
      }
    }
  }
  return { jobs: newest.jobs, read, matched, outcomes, nowMs: nowMs ?? clock.now() };
}

function matches(job: FinishedJob, { repository, outcome, sinceMs }: TrailQuery, nowMs: number): boolean {
  if (repository !== undefined && job.repository !== repository) return false;
  if (outcome !== undefined && job.outcome !== outcome) return false;
  return sinceMs === undefined || (endedMs(job) ?? Number.NEGATIVE_INFINITY) >= nowMs - sinceMs;
}

function collectionsOf(resource: Collection["resource"], { namespaces }: TrailQuery): Collection[] {
  return namespaces.length === 0 ? [{ resource }] : namespaces.map((namespace) => ({ resource, namespace }));
}

/** Of a list every 404 says this, however it is worded. */
function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Without HistoricJobs but with Jobs it is a Grafana that keeps its history elsewhere; without either it is no such server. */
async function whyAbsent(api: Pick<Api, "listPage">, query: TrailQuery, cause: unknown, signal: AbortSignal): Promise<IncompatibleError> {
  const [jobs = { resource: "jobs" }] = collectionsOf("jobs", query);
  const served = await api.listPage(jobs, { limit: 1 }, signal).then(() => true, (error: unknown) => {
    signal.throwIfAborted();
    return !isAbsent(error);
  });
  if (!served) return new IncompatibleError(`${messageOf(cause)}; expected a provisioning API: check --provisioning-server-url and that provisioning is switched on there`, { cause });
  return new IncompatibleError(
    "Cannot show the history: this server has Jobs and no HistoricJobs, as a Grafana that keeps its history in Loki; " +
      'ask Loki for {from="job-history"}',
    { cause },
  );
}
