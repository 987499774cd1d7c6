// Grafana's repository controller: checks health, queues pulls when they are due, and lets go of repositories that are
// being deleted. Looks once a second at what is due; a repository that was just changed has a second's peace.
// src: apps/provisioning/pkg/controller/repository.go in grafana/grafana.

import { chance } from "../../base/random.ts";
import { ACCESS_POLICY } from "../access/access.ts";
import { CLEANUPS, enqueueJob, isUnclaimed, setSync } from "../api/repository-jobs.ts";
import { Refusal } from "../wire/status.ts";
import type { Entry } from "../state/entry.ts";
import type { Stored } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import type { PlayContext } from "./driver.ts";

const TICK_MS = 1_000;
/** The finalizers that Grafana's controller sets and clears. */
const FINALIZERS = ["cleanup", "remove-orphan-resources", "release-orphan-resources", "remove-pending-jobs"];
const UNREACHABLE = "failed to reach the repository: connection timed out";

interface Health {
  healthy?: unknown;
  checked?: unknown;
}

interface Sync {
  state?: unknown;
  job?: unknown;
  finished?: unknown;
  scheduled?: unknown;
}

/** Looks after all repositories until the signal. */
export async function keepRepositories(context: PlayContext): Promise<void> {
  const { store, clock, signal } = context;
  const due = new Map<string, { namespace: string; name: string; atMs: number }>();
  const look = ({ key, namespace, name, object }: Entry, notBeforeMs: number) =>
    due.set(key, { namespace, name, atMs: Math.max(dueAt(context, object), notBeforeMs) });
  for (const entry of store.entries("repositories")) look(entry, 0);
  const stop = store.onChange(({ resource, type, entry }) => {
    if (resource !== "repositories") return;
    if (type === "DELETED") due.delete(entry.key);
    // Who writes it in two steps, as its object and its status, is not to find another version between them.
    else look(entry, clock.now() + TICK_MS);
  });
  signal.addEventListener("abort", stop, { once: true });
  for (;;) {
    await clock.sleep(TICK_MS, signal);
    const now = clock.now();
    for (const { namespace, name, atMs } of [...due.values()]) if (atMs <= now) keep(context, namespace, name);
  }
}

/** Does what is due, the more urgent first; each write makes the repository due for the rest. */
function keep(context: PlayContext, namespace: string, name: string): void {
  const { store, clock } = context;
  const repository = store.get("repositories", namespace, name)?.object;
  if (repository === undefined) return;
  const now = clock.now();
  if (repository.metadata.deletionTimestamp !== undefined) letGo(store, repository);
  else if (checkAt(context, repository) <= now) check(context, repository);
  else if (pullAt(context, repository) <= now) pull(context, repository);
}

/** When there will be something to do, on the wall clock; Infinity = not before it changes. */
function dueAt(context: PlayContext, repository: Stored): number {
  const { deletionTimestamp, finalizers = [] } = repository.metadata;
  if (deletionTimestamp !== undefined) return finalizers.some(isOurs) ? 0 : Number.POSITIVE_INFINITY;
  return Math.min(checkAt(context, repository), pullAt(context, repository));
}

function checkAt({ parts }: PlayContext, { metadata, status = {} }: Stored): number {
  if (parts.checksMs === 0) return Number.POSITIVE_INFINITY;
  const { checked } = healthOf(status);
  if (typeof checked !== "number" || (status["observedGeneration"] ?? metadata.generation) !== metadata.generation) return 0;
  return checked + parts.checksMs;
}

function check({ store, clock, random, parts }: PlayContext, repository: Stored): void {
  const checked = Math.floor(clock.now());
  const health = chance(random, parts.unhealthy)
    ? { healthy: false, error: "health", checked, message: [UNREACHABLE] }
    : { healthy: true, checked };
  const status = { ...repository.status, observedGeneration: repository.metadata.generation, health };
  store.update("repositories", { ...repository, status });
}

function pullAt(context: PlayContext, repository: Stored): number {
  const { metadata, status = {} } = repository;
  const pauseMs = pauseOf(context, repository);
  if (pauseMs === 0 || healthOf(status).healthy !== true) return Number.POSITIVE_INFINITY;
  const { state, job, finished, scheduled } = syncOf(status);
  if (state !== "pending" && state !== "working") return numberOf(finished) + pauseMs;
  // One that is under way is looked at each time: its job may go without an end.
  if (context.store.get("jobs", metadata.namespace, String(job)) !== undefined) return 0;
  return context.behaviour.abandonedSync === "requeued" ? numberOf(scheduled) : Number.POSITIVE_INFINITY;
}

/** Between two pulls of the repository, ms; 0 = it is not pulled. */
function pauseOf({ parts }: PlayContext, { spec = {} }: Stored): number {
  if (parts.pulls !== "spec") return parts.pulls;
  const { enabled, intervalSeconds } = (spec["sync"] ?? {}) as { enabled?: unknown; intervalSeconds?: unknown };
  return enabled === true && numberOf(intervalSeconds) > 0 ? Math.max(numberOf(intervalSeconds) * 1_000, TICK_MS) : 0;
}

function pull(context: PlayContext, repository: Stored): void {
  const { store, clock } = context;
  const { namespace, name } = repository.metadata;
  const path = { namespace, repository: name };
  const spec = { action: "pull", pull: { incremental: numberOf(syncOf(repository.status ?? {}).finished) > 0 } };
  try {
    enqueueJob(context, path, spec, ACCESS_POLICY);
    setSync(store, path, { scheduled: Math.floor(clock.now() + pauseOf(context, repository)) });
  } catch (error) {
    // Another job of the class is queued, or the queue is full: the next time, then.
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Deletes the jobs that nobody has begun, then takes Grafana's finalizers off; others' are for others. */
function letGo(store: Store, repository: Stored): void {
  const { namespace, name, finalizers = [] } = repository.metadata;
  for (const entry of [...store.entries("jobs", namespace)].filter(isUnclaimed)) {
    const { repository: of, action } = entry.object.spec ?? {};
    if (of === name && !CLEANUPS.includes(action)) store.delete("jobs", namespace, entry.name, { uid: entry.uid });
  }
  const left = finalizers.filter((finalizer) => !isOurs(finalizer));
  store.update("repositories", { ...repository, metadata: { ...repository.metadata, finalizers: left } });
}

function isOurs(finalizer: string): boolean {
  return FINALIZERS.includes(finalizer);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function healthOf(status: Record<string, unknown>): Health {
  return (status["health"] ?? {}) as Health;
}

function syncOf(status: Record<string, unknown>): Sync {
  return (status["sync"] ?? {}) as Sync;
}
