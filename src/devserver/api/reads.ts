// Answers to requests that change nothing: lists, watches, single objects, and the history of a repository.

import type { Answer } from "../wire/call.ts";
import { notFound } from "../wire/status.ts";
import { askedVersion, checkReached, refuseVersion } from "./asked-version.ts";
import { flag } from "./list-options.ts";
import { listPage } from "./list.ts";
import { pastJob, pastJobs } from "./repository-jobs.ts";
import type { Asked } from "./routes.ts";
import { startWatch } from "./watch.ts";

/** Undefined when a watch took the response over. */
export function readCollection({ context, call, target, form }: Asked): Answer | undefined {
  const request = { resource: target.resource, namespace: target.namespace, query: call.query, form };
  if (!wantsWatch(call.query)) return { status: 200, body: listPage(context, request) };
  startWatch(context, request, () => call.stream());
  return undefined;
}

/** @throws Refusal 404; 400, 500, 504 for a resourceVersion that is none or not reached */
export function readObject({ context: { store, behaviour }, call, target, form }: Asked): Answer {
  const { resource, namespace = "", name } = target;
  checkReached(askedVersion(call.query.get("resourceVersion") ?? "", store, refuseVersion(behaviour)), store, behaviour);
  const entry = store.get(resource.name, namespace, name);
  if (entry === undefined) throw notFound(resource.name, name);
  return { status: 200, body: form.object(entry) };
}

/** The finished jobs of a repository, or one of them. @throws Refusal 400, 404 */
export function readJobs({ context: { store }, target }: Asked): Answer {
  const { namespace = "", name: repository, uid, version, place } = target;
  const path = { namespace, repository };
  if (store.get("repositories", namespace, repository) === undefined) throw notFound("repositories", repository);
  return { status: 200, body: place === "jobs" ? pastJobs(store, path, version) : pastJob(store, path, uid, version) };
}

export function wantsWatch(query: URLSearchParams): boolean {
  return flag(query, "watch") ?? false;
}
