// Paths and methods of the API to the functions that answer them. Rights are checked here, before anything is looked up.

import { API_VERSIONS, type ApiVersion, GROUP } from "../../provisioning.ts";
import { type AccessContext, authenticate, authorize, type Caller, type Verb } from "../access/access.ts";
import type { Answer, Call } from "../wire/call.ts";
import { discovery } from "./discovery.ts";
import { listPage, type ListRequest } from "./list.ts";
import { createObject, deleteObject, type ObjectContext, replaceObject, replaceStatus } from "./objects.ts";
import { enqueueJob, pastJob, pastJobs } from "./repository-jobs.ts";
import { plainForm } from "./plain-form.ts";
import { type Resource, resourceNamed, RESOURCES, shownVersion } from "./resources.ts";
import { badRequest, methodNotAllowed, noSuchPath, notFound, Refusal } from "../wire/status.ts";
import type { Entry } from "../state/store.ts";
import { startWatch, type WatchContext } from "./watch.ts";

export interface ApiContext extends WatchContext {
  access: AccessContext;
}

/** A path of the group, taken apart. */
interface Target {
  version: ApiVersion;
  resource: Resource;
  namespace: string | undefined;
  name: string;
  /** What follows the name. */
  rest: readonly string[];
}

/** Answers one API request; undefined when a watch took the response over. @throws Refusal */
export async function answerApi(context: ApiContext, call: Call): Promise<Answer | undefined> {
  const open = discovery(call.path);
  if (open !== undefined) return open;
  checkAccept(call.header("accept"));
  const caller = await authenticate(call, context.access);
  const target = parseTarget(call.path);
  if (target === undefined) throw noSuchPath();
  const { resource, name, rest } = target;
  if (rest.length === 0) return name === "" ? collection(context, call, caller, target) : single(context, call, caller, target);
  if (resource.statusSubresource && rest.length === 1 && rest[0] === "status") return status(context, call, caller, target);
  if (resource.name === "repositories" && rest[0] === "jobs" && rest.length <= 2) return jobsOf(context, call, caller, target);
  throw noSuchPath();
}

async function collection(context: ApiContext, call: Call, caller: Caller, target: Target): Promise<Answer | undefined> {
  const { resource, namespace } = target;
  if (call.method === "GET") {
    const watch = ["1", "true"].includes(call.query.get("watch") ?? "");
    authorize(caller, watch ? "watch" : "list", resource.name, namespace, "");
    const form = plainForm(resource, target.version, context.behaviour);
    const request: ListRequest = { resource, namespace, query: call.query, form };
    if (!watch) return { status: 200, body: listPage(context.store, request, context.behaviour) };
    startWatch(context, request, () => call.stream());
    return undefined;
  }
  if (call.method !== "POST" || namespace === undefined) throw methodNotAllowed();
  authorize(caller, "create", resource.name, namespace, "");
  const body = await readBody(call);
  return shown(201, createObject(objectContext(context, caller, target), body), target);
}

async function single(context: ApiContext, call: Call, caller: Caller, target: Target): Promise<Answer> {
  const { resource, namespace = "", name } = target;
  const verb = ({ GET: "get", PUT: "update", DELETE: "delete" } as Record<string, Verb | undefined>)[call.method];
  if (verb === undefined) throw methodNotAllowed();
  authorize(caller, verb, resource.name, namespace, name);
  if (verb === "get") return shown(200, stored(context, target), target);
  if (verb === "delete") {
    const options = (await call.json()) ?? {};
    return { status: 200, body: JSON.stringify(deleteObject(objectContext(context, caller, target), name, options)) };
  }
  const body = await readBody(call);
  const existed = context.store.get(resource.name, namespace, name) !== undefined;
  return shown(existed ? 200 : 201, replaceObject(objectContext(context, caller, target), name, body), target);
}

async function status(context: ApiContext, call: Call, caller: Caller, target: Target): Promise<Answer> {
  const { resource, namespace = "", name } = target;
  if (call.method !== "GET" && call.method !== "PUT") throw methodNotAllowed();
  authorize(caller, call.method === "GET" ? "get" : "update", resource.name, namespace, name);
  if (call.method === "GET") return shown(200, stored(context, target), target);
  return shown(200, replaceStatus(objectContext(context, caller, target), name, await readBody(call)), target);
}

async function jobsOf(context: ApiContext, call: Call, caller: Caller, target: Target): Promise<Answer> {
  const { store } = context;
  const { namespace = "", name: repository, rest, version } = target;
  const uid = rest[1];
  const path = { namespace, repository };
  if (call.method === "GET") {
    authorize(caller, "get", "jobs", namespace, uid ?? "");
    if (store.get("repositories", namespace, repository) === undefined) throw notFound("repositories", repository);
    return { status: 200, body: uid === undefined ? pastJobs(store, path, version) : pastJob(store, path, uid, version) };
  }
  if (call.method !== "POST") throw methodNotAllowed();
  authorize(caller, "create", "jobs", namespace, "");
  if (uid !== undefined) throw badRequest("can not post to a job UID");
  const body = await call.json().catch(() => undefined);
  if (body === undefined) throw badRequest("error decoding provisioning.Job from request");
  return shown(202, enqueueJob(store, path, body, caller.subject), { version, resource: RESOURCES.jobs });
}

function stored({ store }: ApiContext, { resource, namespace = "", name }: Target): Entry {
  const entry = store.get(resource.name, namespace, name);
  if (entry === undefined) throw notFound(resource.name, name);
  return entry;
}

function shown(code: number, entry: Entry, { resource, version }: Pick<Target, "resource" | "version">): Answer {
  return { status: code, body: entry.text(resource.kind, shownVersion(resource, version)) };
}

function objectContext({ store, clock }: ApiContext, { subject }: Caller, { resource, namespace = "" }: Target): ObjectContext {
  return { store, clock, resource, namespace, subject };
}

async function readBody(call: Call): Promise<Record<string, unknown>> {
  const type = call.header("content-type") ?? "application/json";
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(
      415,
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: application/json`,
    );
  }
  const body = await call.json();
  if (body === undefined) throw badRequest("the request body is empty");
  return body;
}

/** JSON is all there is; forms of it such as `as=Table` are passed over for the next type that the client accepts. */
function checkAccept(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === "") return;
  const ranges = accept.split(",").map((range) => range.trim().toLowerCase());
  if (ranges.some((range) => /^(?:application\/json|application\/\*|\*\/\*)(?!.*;\s*as=)/.test(range))) return;
  throw new Refusal(406, "NotAcceptable", "only the following media types are accepted: application/json", {});
}

function parseTarget(path: string): Target | undefined {
  const [empty, apis, group, version, ...parts] = path.replace(/\/$/, "").split("/").map(decode);
  if (empty !== "" || apis !== "apis" || group !== GROUP) return undefined;
  const known = API_VERSIONS.find((served) => served === version);
  const namespaced = parts[0] === "namespaces";
  const [name = "", item = "", ...rest] = namespaced ? parts.slice(2) : parts;
  const resource = resourceNamed(name);
  if (known === undefined || resource === undefined || parts.includes("")) return undefined;
  if (!namespaced && item !== "") return undefined;
  return { version: known, resource, namespace: namespaced ? parts[1] : undefined, name: item, rest };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
