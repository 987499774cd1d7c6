// Answers to requests that change objects: bodies are read here, what becomes of them is decided elsewhere.

import type { Answer, Call } from "../wire/call.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import { createObject, deleteObject, type ObjectContext, replaceObject, replaceStatus } from "./objects.ts";
import { plainForm } from "./plain-form.ts";
import { enqueueJob } from "./repository-jobs.ts";
import { RESOURCES } from "./resources.ts";
import type { Asked } from "./routes.ts";

export async function create(asked: Asked): Promise<Answer> {
  return { status: 201, body: asked.form.object(createObject(objectContext(asked), await readBody(asked.call))) };
}

export async function replace(asked: Asked): Promise<Answer> {
  const { context, call, target: { resource, namespace = "", name }, form } = asked;
  const body = await readBody(call);
  const existed = context.store.get(resource.name, namespace, name) !== undefined;
  return { status: existed ? 200 : 201, body: form.object(replaceObject(objectContext(asked), name, body)) };
}

export async function replaceStatusOf(asked: Asked): Promise<Answer> {
  const { call, target: { name }, form } = asked;
  return { status: 200, body: form.object(replaceStatus(objectContext(asked), name, await readBody(call))) };
}

export async function remove(asked: Asked): Promise<Answer> {
  const options = (await asked.call.json()) ?? {};
  return { status: 200, body: JSON.stringify(deleteObject(objectContext(asked), asked.target.name, options)) };
}

/** A bare spec becomes a job of the repository. */
export async function enqueue({ context, call, caller, target }: Asked): Promise<Answer> {
  const { namespace = "", name: repository, version, place } = target;
  if (place === "job") throw badRequest("can not post to a job UID");
  const body = await call.json().catch(() => undefined);
  if (body === undefined) throw badRequest("error decoding provisioning.Job from request");
  const entry = enqueueJob(context.store, { namespace, repository }, body, caller.subject);
  return { status: 202, body: plainForm(RESOURCES.jobs, version, context.behaviour).object(entry) };
}

function objectContext({ context: { store, clock }, caller, target: { resource, namespace = "" } }: Asked): ObjectContext {
  return { store, clock, resource, namespace, subject: caller.subject };
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
