// Jobs of a repository that have ended: what history says of them, shown as Jobs.
// src: pkg/registry/apis/provisioning/jobs.go, pkg/registry/apis/provisioning/jobs/loki_history.go in grafana/grafana.

import { type ApiVersion, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../provisioning.ts";
import type { Clock } from "../../base/clock.ts";
import { groupVersion, RESOURCES } from "../resources.ts";
import type { Entry } from "../state/entry.ts";
import { badRequest, notFound } from "../wire/status.ts";
import { checkHealth, type QueueContext, type RepositoryPath } from "./repository-jobs.ts";

interface HistoryContext extends QueueContext {
  clock: Pick<Clock, "now">;
}

/** What is asked of Loki: the last day, and not more than this many. */
const LOKI_SPAN_MS = 24 * 3_600_000;
const LOKI_ENTRIES = 10;

/** The JobList of a repository's finished jobs, as text. @throws Refusal 404, 424 */
export function pastJobs(context: HistoryContext, path: RepositoryPath, version: ApiVersion): string {
  const items = finished(context, path).map((entry) => entry.text(RESOURCES.jobs.kind, groupVersion(version)));
  const metadata = JSON.stringify({ resourceVersion: context.store.versionText() });
  return `{"kind":"JobList","apiVersion":"${groupVersion(version)}","metadata":${metadata},"items":[${items.join(",")}]}`;
}

/** The one finished job of this uid, as text. @throws Refusal 400, 424; 404 for none and for several */
export function pastJob(context: HistoryContext, path: RepositoryPath, uid: string, version: ApiVersion): string {
  if (!/^[A-Za-z0-9-]*$/.test(uid)) throw badRequest("invalid job uid");
  const [entry, second] = finished(context, path).filter(({ labels }) => labels[LABEL_ORIGINAL_UID] === uid);
  if (entry === undefined || second !== undefined) throw notFound("jobs", uid);
  return entry.text(RESOURCES.jobs.kind, groupVersion(version));
}

function finished({ store, behaviour, clock }: HistoryContext, { namespace, repository }: RepositoryPath): Entry[] {
  const object = store.get("repositories", namespace, repository)?.object;
  if (object === undefined) throw notFound("repositories", repository);
  if (behaviour.guardedReads) checkHealth(object);
  const entries = [...store.entries("historicjobs", namespace)].filter(({ labels }) => labels[LABEL_REPOSITORY] === repository);
  if (behaviour.history === "objects") return entries;
  const createdMs = ({ object: { metadata } }: Entry) => Date.parse(metadata.creationTimestamp ?? "");
  const recent = entries.map((entry) => ({ entry, ms: createdMs(entry) })).filter(({ ms }) => ms > clock.now() - LOKI_SPAN_MS);
  return recent.sort((left, right) => right.ms - left.ms).slice(0, LOKI_ENTRIES).map(({ entry }) => entry);
}
