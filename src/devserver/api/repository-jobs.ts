// Jobs of a repository: a bare spec in, a queued Job out.
// src: pkg/registry/apis/provisioning/jobs.go in grafana/grafana.

import { LABEL_CLAIM, LABEL_REPOSITORY } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Entry } from "../state/entry.ts";
import type { Stored } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import { alreadyExists, badRequest, conflict, forbidden, notFound, Refusal } from "../wire/status.ts";
import { ACTIONS, admit } from "./admission.ts";
import { annotationsOfQueued } from "./bookkeeping.ts";
import { decodeError } from "./go-types.ts";
import { jobName } from "./names.ts";
import { pruned } from "./schema-check.ts";
import { JOB_SPEC } from "./schema-jobs.ts";

export interface QueueContext {
  store: Store;
  behaviour: Behaviour;
}

export interface RepositoryPath {
  namespace: string;
  repository: string;
}

type Spec = Record<string, unknown>;

/** Option objects that decide the action when exactly one is present. */
const DECIDING = ["migrate", "pull", "push", "pr"];
/** Actions for what is left of a repository that is gone or going. */
export const CLEANUPS: readonly unknown[] = ["releaseResources", "deleteResources"];

/** Queues a job. @throws Refusal 400, 403, 404, 409, 422, 424, 429 */
export function enqueueJob(context: QueueContext, { namespace, repository }: RepositoryPath, body: Spec, subject: string): Entry {
  const { store, behaviour } = context;
  if (decodeError(JOB_SPEC, body, {}) !== undefined) throw badRequest("error decoding provisioning.Job from request");
  const given = DECIDING.filter((option) => typeof body[option] === "object" && body[option] !== null);
  if (given.length > 1) throw badRequest("multiple job types found");
  const action = String(given[0] ?? body["action"] ?? "");
  if (action === "pr") throw badRequest("pr jobs are created by the webhook only");

  const known = (behaviour.unknownFields === "kept" ? body : pruned(JOB_SPEC, body)) as Spec;
  const spec = { ...known, action, repository };
  checkRepository(store.get("repositories", namespace, repository)?.object, spec, behaviour);
  const metadata = {
    name: jobName(repository, action, spec),
    namespace,
    labels: { [LABEL_REPOSITORY]: repository },
    annotations: annotationsOfQueued(subject, behaviour),
  };
  const job = { metadata, spec, status: {} };
  admit("jobs", job, behaviour);
  if (store.get("jobs", namespace, metadata.name) !== undefined) {
    throw alreadyExists("jobs", metadata.name, `job '${metadata.name}' in '${namespace}' already exists: `);
  }
  checkRoom(context, namespace);
  const entry = store.create("jobs", job);
  if (action === "pull") setSync(store, { namespace, repository }, { state: "pending", job: metadata.name, started: 0 });
  return entry;
}

/** Whether another job may wait. @throws Refusal 429 */
function checkRoom({ store, behaviour: { queueLimit } }: QueueContext, namespace: string): void {
  if (queueLimit === 0) return;
  const waiting = [...store.entries("jobs", namespace)].filter(isUnclaimed).length;
  if (waiting < queueLimit) return;
  const message = `the job queue of namespace ${namespace} is full: ${waiting} jobs are waiting`;
  throw new Refusal(429, "TooManyRequests", message, { retryAfterSeconds: 1 });
}

/** Whether nobody holds the job: the label alone decides, whatever its state. */
export function isUnclaimed({ labels }: Pick<Entry, "labels">): boolean {
  return (labels[LABEL_CLAIM] ?? "") === "";
}

/** Merges into `status.sync` of a repository; one that is gone is left alone. */
export function setSync(store: Store, { namespace, repository }: RepositoryPath, sync: Record<string, unknown>): void {
  const object = store.get("repositories", namespace, repository)?.object;
  if (object === undefined) return;
  const before = (object.status?.["sync"] ?? {}) as Record<string, unknown>;
  store.update("repositories", { ...object, status: { ...object.status, sync: { ...before, ...sync } } });
}

type QueuedSpec = Spec & { action: string; repository: string };

function checkRepository(repository: Stored | undefined, spec: QueuedSpec, behaviour: Behaviour): void {
  const name = spec.repository;
  const cleansUp = behaviour.newActions && CLEANUPS.includes(spec.action);
  if (repository === undefined) {
    if (cleansUp) return;
    throw notFound("repositories", name);
  }
  const deleting = repository.metadata.deletionTimestamp !== undefined;
  if (cleansUp) {
    if (!deleting) throw conflict("repositories", name, `${spec.action} needs a repository that is gone or being deleted`);
    return;
  }
  if (deleting) throw conflict("repositories", name, "the repository is being deleted");
  checkHealth(repository);

  const rule = Object.hasOwn(ACTIONS, spec.action) ? ACTIONS[spec.action] : undefined;
  if (rule?.writes !== true) return;
  const options = spec[rule.options ?? ""] as Record<string, unknown> | undefined;
  const workflow = (options?.[rule.ref ?? ""] ?? "") === "" ? "write" : "branch";
  const workflows = (repository.spec?.["workflows"] ?? []) as unknown[];
  if (!workflows.includes(workflow)) throw forbidden("repositories", name, `the workflow "${workflow}" is not allowed`);
}

/** @throws Refusal 424 */
export function checkHealth(repository: Stored): void {
  const health = repository.status?.["health"] as { healthy?: unknown } | undefined;
  if (health?.healthy !== true) throw new Refusal(424, "", "The repository configuration is not healthy");
}
