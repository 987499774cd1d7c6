// Paths and methods of the API to the functions that answer them, as a table. Rights and the form of the answer are
// settled here, before anything is looked up.

import { type AccessContext, authenticate, authorize, type Caller, type Verb } from "../access/access.ts";
import type { Answer, Call } from "../wire/call.ts";
import { discovery } from "./discovery.ts";
import { parseTarget, type Place, type Target } from "./paths.ts";
import { type Form, plainForm } from "./plain-form.ts";
import { readCollection, readJobs, readObject, wantsWatch } from "./reads.ts";
import type { ResourceName } from "./resources.ts";
import { methodNotAllowed, noSuchPath, Refusal } from "../wire/status.ts";
import type { WatchContext } from "./watch.ts";
import { create, enqueue, remove, replace, replaceStatusOf } from "./writes.ts";

export interface ApiContext extends WatchContext {
  access: AccessContext;
}

/** A request that may be answered: who asks for what, and in which form. */
export interface Asked {
  context: ApiContext;
  call: Call;
  caller: Caller;
  target: Target;
  form: Form;
}

interface Route {
  verb: Verb;
  /** Undefined when a stream took the response over. */
  answer: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;
  /** The resource whose rights count, if not that of the path. */
  of?: ResourceName;
}

const ROUTES: Readonly<Record<Place, Readonly<Record<string, Route | undefined>>>> = {
  collection: {
    GET: { verb: "list", answer: readCollection },
    POST: { verb: "create", answer: create },
  },
  object: {
    GET: { verb: "get", answer: readObject },
    PUT: { verb: "update", answer: replace },
    DELETE: { verb: "delete", answer: remove },
  },
  status: {
    GET: { verb: "get", answer: readObject },
    PUT: { verb: "update", answer: replaceStatusOf },
  },
  jobs: {
    GET: { verb: "get", answer: readJobs, of: "jobs" },
    POST: { verb: "create", answer: enqueue, of: "jobs" },
  },
  job: {
    GET: { verb: "get", answer: readJobs, of: "jobs" },
    POST: { verb: "create", answer: enqueue, of: "jobs" },
  },
};

/** Answers one API request; undefined when a watch took the response over. @throws Refusal */
export async function answerApi(context: ApiContext, call: Call): Promise<Answer | undefined> {
  const open = discovery(call.path);
  if (open !== undefined) return open;
  checkAccept(call.header("accept"));
  const caller = await authenticate(call, context.access);
  const target = parseTarget(call.path, context.behaviour);
  if (target === undefined) throw noSuchPath();
  const route = ROUTES[target.place][call.method];
  if (route === undefined || (target.namespace === undefined && route.verb !== "list")) throw methodNotAllowed();
  const verb = route.verb === "list" && wantsWatch(call.query) ? "watch" : route.verb;
  authorize(caller, verb, route.of ?? target.resource.name, target.namespace, route.of === undefined ? target.name : target.uid);
  return route.answer({ context, call, caller, target, form: plainForm(target.resource, target.version, context.behaviour) });
}

/** JSON is all there is; forms of it such as `as=Table` are passed over for the next type that the client accepts. */
function checkAccept(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === "") return;
  const ranges = accept.split(",").map((range) => range.trim().toLowerCase());
  if (ranges.some((range) => /^(?:application\/json|application\/\*|\*\/\*)(?!.*;\s*as=)/.test(range))) return;
  throw new Refusal(406, "NotAcceptable", "only the following media types are accepted: application/json", {});
}
