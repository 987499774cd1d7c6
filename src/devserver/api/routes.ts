// Paths and methods of the API to the functions that answer them, as a table. Rights and the form of the answer are
// settled here, before anything is looked up.

import { GROUP } from "../../provisioning.ts";
import { authenticate, authorize, type Caller, hasCredential, type Verb } from "../access/access.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { RESOURCES } from "../resources.ts";
import type { Answer, Call } from "../wire/call.ts";
import { methodNotAllowed, methodNotSupported, noSuchPath } from "../wire/status.ts";
import type { ApiContext, Routes } from "./asked.ts";
import { customRoutes } from "./custom-routes.ts";
import { discovery } from "./discovery.ts";
import { chooseForm } from "./forms.ts";
import { servedGroups } from "./groups.ts";
import { readNamespaces } from "./namespaces.ts";
import { parseTarget, type Target } from "./paths.ts";
import { readCollection, readJobs, readObject, readWatched, wantsWatch } from "./reads.ts";
import { review, reviewAt } from "./reviews.ts";
import { checkSegment } from "./target-rules.ts";
import { create, enqueue, patch, remove, removeAll, replace } from "./writes.ts";

const ROUTES: Routes = {
  collection: {
    GET: { verb: "list", answer: readCollection },
    POST: { verb: "create", answer: create },
    DELETE: { verb: "deletecollection", answer: removeAll },
  },
  watch: {
    GET: { verb: "watch", answer: readWatched },
  },
  object: {
    GET: { verb: "get", answer: readObject },
    PUT: { verb: "update", answer: replace },
    PATCH: { verb: "patch", answer: patch },
    DELETE: { verb: "delete", answer: remove },
  },
  status: {
    GET: { verb: "get", answer: readObject },
    PUT: { verb: "update", answer: replace },
    PATCH: { verb: "patch", answer: patch },
  },
  jobs: {
    GET: { verb: "get", answer: readJobs, of: "jobs" },
    POST: { verb: "create", answer: enqueue, of: "jobs" },
  },
  job: {
    GET: { verb: "get", answer: readJobs, of: "jobs" },
    POST: { verb: "create", answer: enqueue, of: "jobs" },
  },
  nothing: {},
};
const CUSTOM_ROUTES = customRoutes(ROUTES);

/** Answers one API request; undefined when a stream took the response over. @throws Refusal */
export async function answerApi(context: ApiContext, call: Call): Promise<Answer | undefined> {
  const { behaviour } = context;
  const described = discovery(call, behaviour);
  // Nobody needs a credential here, but one that is none is refused here as elsewhere.
  if (described !== undefined && !hasCredential(call)) return described;
  const caller = await authenticate(call, context.access);
  if (described !== undefined) return described;
  const target = parseTarget(call.path, behaviour);
  if (target !== undefined) return answerTarget(context, call, caller, target);
  const asked = reviewAt(call.path);
  const { path } = call;
  const request = { ...context, path, accept: call.header("accept"), caller, nowMs: context.clock.now() };
  const read = asked === undefined ? readNamespaces(request) : undefined;
  if (asked === undefined && read === undefined) return unserved(path, behaviour);
  if (call.method !== (asked === undefined ? "GET" : "POST")) throw methodNotAllowed();
  return asked === undefined ? read : review(asked, call, caller);
}

async function answerTarget(context: ApiContext, call: Call, caller: Caller, target: Target): Promise<Answer | undefined> {
  const { behaviour } = context;
  const { resource, namespace, place } = target;
  const custom = behaviour.kinds === "custom";
  const route = (custom ? CUSTOM_ROUTES : ROUTES)[place][call.method];
  if (namespace === undefined && route?.verb !== "list" && route?.verb !== "watch") {
    return unserved(call.path, behaviour, methodNotAllowed());
  }
  if (route === undefined) throw custom ? methodNotSupported(resource.name, KNOWN_VERBS[call.method]) : methodNotAllowed();
  const events = route.verb === "watch" || (route.verb === "list" && wantsWatch(call.query));
  const of = route.of === undefined ? resource : RESOURCES[route.of];
  authorize(caller, events ? "watch" : route.verb, of.name, namespace, route.of === undefined ? target.name : target.uid);
  const holds = events ? "events" : LISTS.includes(route.verb) ? "list" : "object";
  const request = { accept: call.header("accept"), query: call.query, resource: of, version: target.version, holds } as const;
  const { form, contentType } = chooseForm(request, behaviour);
  // A PUT is refused for its body first, and for that name, too.
  if (target.name !== "" && route.verb !== "update") checkSegment(target.name);
  const answer = await route.answer({ context, call, caller, target, form });
  return answer && { ...answer, headers: { "content-type": contentType, ...answer.headers } };
}

/** What a custom kind knows that a method would do, where it is not done: with a status. */
const KNOWN_VERBS: Readonly<Record<string, Verb>> = { POST: "create", DELETE: "delete" };

/** Verbs whose answers hold lists. */
const LISTS: readonly Verb[] = ["list", "deletecollection"];

/**
 * The API knows what is not there in its groups. Elsewhere, and for custom kinds, it is the server's last handler that answers:
 * it knows no Status.
 */
function unserved(path: string, behaviour: Behaviour, refusal = noSuchPath()): Answer {
  const [, root, group] = path.split("/");
  const served = servedGroups(behaviour).find(({ name }) => (root === "api" ? name === "" : root === "apis" && name === group));
  if (served !== undefined && (served.name !== GROUP || behaviour.kinds === "built-in")) throw refusal;
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return { status: 404, body: "404 page not found\n", headers };
}
