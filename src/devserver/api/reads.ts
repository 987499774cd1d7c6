// Answers to requests that change nothing: lists, watches, single objects, and the history of a repository.

import type { Answer } from "../wire/call.ts";
import { badRequest, notFound } from "../wire/status.ts";
import type { Asked } from "./asked.ts";
import { askedVersion, checkReached, refuseVersion } from "./asked-version.ts";
import { flag } from "./list-options.ts";
import { listPage, type ListRequest } from "./list.ts";
import { pastJob, pastJobs } from "./past-jobs.ts";
import { parseSelection } from "./selectors.ts";
import { startWatch } from "./watch.ts";

/** Undefined when a watch took the response over. */
export function readCollection(asked: Asked): Answer | undefined {
  const request = listRequest(asked);
  if (!wantsWatch(request.query)) return { status: 200, body: listPage(asked.context, request) };
  startWatch(asked.context, request, () => asked.call.stream());
  return undefined;
}

/** A watch by its old path, also of one object. @throws Refusal 400 for a selector of another one */
export function readWatched(asked: Asked): undefined {
  const request = listRequest(asked);
  const { name } = asked.target;
  const query = new URLSearchParams(request.query);
  if (name !== "") {
    const selection = parseSelection(query);
    if (selection.fields.length === 0) query.set("fieldSelector", `metadata.name=${name.replace(/[\\,=]/g, "\\$&")}`);
    else if (selection.name !== name) throw badRequest("fieldSelector metadata.name doesn't match requested name");
  }
  startWatch(asked.context, { ...request, query }, () => asked.call.stream());
}

function listRequest({ call: { query }, target: { resource, namespace }, form }: Asked): ListRequest {
  return { resource, namespace, query, form };
}

/** @throws Refusal 404; 400, 500, 504 for a resourceVersion that is none or not reached */
export function readObject({ context: { store, behaviour }, call, target, form }: Asked): Answer {
  const { resource, namespace = "", name } = target;
  const version = call.query.get("resourceVersion") ?? "";
  checkReached(askedVersion(version, refuseVersion(behaviour)), version, store, behaviour);
  const entry = store.get(resource.name, namespace, name);
  if (entry === undefined) throw notFound(resource.name, name);
  return { status: 200, body: form.object(entry) };
}

/** The finished jobs of a repository, or one of them. @throws Refusal 400, 404, 424 */
export function readJobs({ context, target }: Asked): Answer {
  const { namespace = "", name: repository, uid, version, place } = target;
  const path = { namespace, repository };
  return { status: 200, body: place === "jobs" ? pastJobs(context, path, version) : pastJob(context, path, uid, version) };
}

export function wantsWatch(query: URLSearchParams): boolean {
  return flag(query, "watch") ?? false;
}
