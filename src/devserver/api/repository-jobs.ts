// The sub-resource `repositories/<name>/jobs`: a bare spec in, a queued Job out; and what history says of past ones.
// src: pkg/registry/apis/provisioning/jobs.go in grafana/grafana.

import { type ApiVersion, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../provisioning.ts";
import { ACTIONS, admit } from "./admission.ts";
import { jobName } from "./names.ts";
import { groupVersion, RESOURCES } from "./resources.ts";
import { alreadyExists, badRequest, conflict, forbidden, notFound, Refusal } from "../wire/status.ts";
import type { Entry, Store, Stored } from "../state/store.ts";

export interface RepositoryPath {
  namespace: string;
  repository: string;
}

type Spec = Record<string, unknown>;

/** Option objects that decide the action when exactly one is present. */
const DECIDING = ["migrate", "pull", "push", "pr"];
/** Actions for what is left of a repository that is gone or going. */
export const CLEANUPS: readonly unknown[] = ["releaseResources", "deleteResources"];

/** Queues a job. @throws Refusal 400, 403, 404, 409, 422, 424 */
export function enqueueJob(store: Store, { namespace, repository }: RepositoryPath, body: Spec, subject: string): Entry {
  const given = DECIDING.filter((option) => typeof body[option] === "object" && body[option] !== null);
  if (given.length > 1) throw badRequest("multiple job types found");
  const action = given[0] ?? body["action"] ?? "";
  if (typeof action !== "string") throw badRequest("error decoding provisioning.Job from request");
  if (action === "pr") throw badRequest("pr jobs are created by the webhook only");

  const spec = { ...body, action, repository };
  checkRepository(store.get("repositories", namespace, repository)?.object, spec);
  const metadata = {
    name: jobName(repository, action, spec),
    namespace,
    labels: { [LABEL_REPOSITORY]: repository },
    annotations: { "grafana.app/createdBy": subject },
  };
  const job = { metadata, spec, status: {} };
  admit("jobs", job);
  if (store.get("jobs", namespace, metadata.name) !== undefined) {
    throw alreadyExists("jobs", metadata.name, `job '${metadata.name}' in '${namespace}' already exists: `);
  }
  const entry = store.create("jobs", job);
  if (action === "pull") setSync(store, { namespace, repository }, { state: "pending", job: metadata.name, started: 0 });
  return entry;
}

/** Merges into `status.sync` of a repository; one that is gone is left alone. */
export function setSync(store: Store, { namespace, repository }: RepositoryPath, sync: Record<string, unknown>): void {
  const object = store.get("repositories", namespace, repository)?.object;
  if (object === undefined) return;
  const before = (object.status?.["sync"] ?? {}) as Record<string, unknown>;
  store.update("repositories", { ...object, status: { ...object.status, sync: { ...before, ...sync } } });
}

function checkRepository(repository: Stored | undefined, spec: Spec & { action: string; repository: string }): void {
  const name = spec.repository;
  if (repository === undefined) {
    if (CLEANUPS.includes(spec.action)) return;
    throw notFound("repositories", name);
  }
  const deleting = repository.metadata.deletionTimestamp !== undefined;
  if (CLEANUPS.includes(spec.action)) {
    if (!deleting) throw conflict("repositories", name, `${spec.action} needs a repository that is gone or being deleted`);
    return;
  }
  if (deleting) throw conflict("repositories", name, "the repository is being deleted");
  const health = repository.status?.["health"] as { healthy?: unknown } | undefined;
  if (health?.healthy !== true) throw new Refusal(424, "", "The repository configuration is not healthy");

  const rule = Object.hasOwn(ACTIONS, spec.action) ? ACTIONS[spec.action] : undefined;
  if (rule?.writes !== true) return;
  const options = spec[rule.options ?? ""] as Record<string, unknown> | undefined;
  const workflow = (options?.[rule.ref ?? ""] ?? "") === "" ? "write" : "branch";
  const workflows = (repository.spec?.["workflows"] ?? []) as unknown[];
  if (!workflows.includes(workflow)) throw forbidden("repositories", name, `the workflow "${workflow}" is not allowed`);
}

/** The JobList of a repository's finished jobs, as text: records of history shown as Jobs. */
export function pastJobs(store: Store, path: RepositoryPath, version: ApiVersion): string {
  const items = finished(store, path).map((entry) => entry.text(RESOURCES.jobs.kind, groupVersion(version)));
  const metadata = JSON.stringify({ resourceVersion: store.versionText() });
  return `{"kind":"JobList","apiVersion":"${groupVersion(version)}","metadata":${metadata},"items":[${items.join(",")}]}`;
}

/** The one finished job of this uid, as text. @throws Refusal 400; 404 for none and for several */
export function pastJob(store: Store, path: RepositoryPath, uid: string, version: ApiVersion): string {
  if (!/^[A-Za-z0-9-]*$/.test(uid)) throw badRequest("invalid job uid");
  const [entry, second] = finished(store, path).filter(({ labels }) => labels[LABEL_ORIGINAL_UID] === uid);
  if (entry === undefined || second !== undefined) throw notFound("jobs", uid);
  return entry.text(RESOURCES.jobs.kind, groupVersion(version));
}

function finished(store: Store, { namespace, repository }: RepositoryPath): Entry[] {
  return [...store.entries("historicjobs", namespace)].filter(({ labels }) => labels[LABEL_REPOSITORY] === repository);
}
