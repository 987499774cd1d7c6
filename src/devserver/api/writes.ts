// Answers to requests that change objects: parameters and bodies are read here, what becomes of them is decided elsewhere.

import { authorize } from "../access/access.ts";
import { RESOURCES } from "../resources.ts";
import type { Answer, Call } from "../wire/call.ts";
import { badRequest, Refusal, unsupportedMediaType } from "../wire/status.ts";
import { warningHeader } from "../wire/warnings.ts";
import type { Asked } from "./asked.ts";
import { decodeBody } from "./decode.ts";
import { type DeleteOptions, parseDeleteOptions } from "./delete-options.ts";
import { deleteAll, deleteObject } from "./deletions.ts";
import { readPage } from "./list.ts";
import { createObject, type ObjectContext, type Update, updateObject } from "./objects.ts";
import { parsePatch, PATCH_TYPES } from "./patch.ts";
import { plainForm } from "./plain-form.ts";
import { enqueueJob } from "./repository-jobs.ts";
import { checkTarget } from "./target-rules.ts";
import { parseWriteOptions } from "./write-options.ts";

const BODY_TYPES = ["application/json"];
const MEDIA_TYPE = /^\s*([^;\s]+)\s*(?:;\s*[^;=\s]+=[^;]*)*;?\s*$/;

export async function create(asked: Asked): Promise<Answer> {
  const { call, form, target } = asked;
  checkType(call, BODY_TYPES);
  const body = await call.text();
  const options = parseWriteOptions("CreateOptions", call.query);
  return warned(asked, options.dryRun, (context) => {
    const object = decodeBody(body, context, options.fieldValidation, context.warn);
    checkTarget(object, target, "");
    return { status: 201, body: form.object(createObject(context, object)) };
  });
}

/** Of an object, or of its status. */
export async function replace(asked: Asked): Promise<Answer> {
  const { call, target } = asked;
  const body = await call.text();
  const options = parseWriteOptions("UpdateOptions", call.query);
  checkType(call, BODY_TYPES);
  return warned(asked, options.dryRun, (context) => {
    const object = decodeBody(body, context, options.fieldValidation, context.warn);
    checkTarget(object, target, target.name);
    const uid = object.metadata?.uid ?? "";
    const ofStatus = target.place === "status";
    const creation = ofStatus ? {} : { orCreate: object };
    return updated(asked, context, { name: target.name, uid, ofStatus, change: () => object, ...creation });
  });
}

/** Of an object, or of its status. */
export async function patch(asked: Asked): Promise<Answer> {
  const { call, target } = asked;
  const type = checkType(call, PATCH_TYPES, "");
  const body = await call.text();
  const options = parseWriteOptions("PatchOptions", call.query);
  return warned(asked, options.dryRun, (context) => {
    const apply = parsePatch(type, body, context, options.fieldValidation, context.warn);
    const change: Update["change"] = (current) => {
      const object = apply(current);
      checkTarget(object, target, target.name);
      return object;
    };
    return updated(asked, context, { name: target.name, uid: "", ofStatus: target.place === "status", change });
  });
}

export async function remove(asked: Asked): Promise<Answer> {
  const options = await deleteOptions(asked.call);
  return warned(asked, options.dryRun, (context) => {
    const { status, left, said } = deleteObject(context, asked.target.name, options);
    return { status, body: left === undefined ? JSON.stringify(said) : asked.form.object(left) };
  });
}

/** Everything that a list of the same query shows: its answer too, of what was there before. */
export async function removeAll(asked: Asked): Promise<Answer> {
  const { context: whole, call, target, form } = asked;
  const options = await deleteOptions(call);
  return warned(asked, options.dryRun, (context) => {
    const { metadata, items } = readPage(whole, { resource: target.resource, namespace: target.namespace, query: call.query });
    deleteAll(context, items, options);
    return { status: 200, body: form.list(metadata, items) };
  });
}

/** A bare spec becomes a job of the repository. */
export async function enqueue(asked: Asked): Promise<Answer> {
  const { context, call, target } = asked;
  if (target.place === "job") throw badRequest("can not post to a job UID");
  const body = await call.json().catch(() => undefined);
  if (body === undefined) throw badRequest("error decoding provisioning.Job from request");
  return warned(asked, false, (writing) => {
    const entry = enqueueJob(writing, { namespace: writing.namespace, repository: target.name }, body, writing.subject);
    return { status: 202, body: plainForm(RESOURCES.jobs, target.version, context.behaviour).object(entry) };
  });
}

async function updated({ form }: Asked, context: ObjectContext, update: Update): Promise<Answer> {
  const { entry, created } = await updateObject(context, update);
  return { status: created ? 201 : 200, body: form.object(entry) };
}

type Write = (context: ObjectContext) => Answer | Promise<Answer>;

/** Warnings go with the answer, also with a refusal. */
async function warned(asked: Asked, dryRun: boolean, write: Write): Promise<Answer> {
  const { context: { store, clock, behaviour }, caller, target: { resource, version, namespace = "", name } } = asked;
  const warnings: string[] = [];
  const context: ObjectContext = {
    store,
    clock,
    behaviour,
    resource,
    version,
    namespace,
    dryRun,
    subject: caller.subject,
    warn: (text) => void warnings.push(text),
    authorizeCreation: () => authorize(caller, "create", resource.name, namespace, name),
  };
  const headers = (): Record<string, string> => {
    const warning = warningHeader(warnings);
    return warning === undefined ? {} : { warning };
  };
  try {
    const answer = await write(context);
    return { ...answer, headers: { ...answer.headers, ...headers() } };
  } catch (error) {
    if (error instanceof Refusal) Object.assign(error.headers, headers());
    throw error;
  }
}

async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const body = await call.text();
  if (body !== "") checkType(call, BODY_TYPES);
  return parseDeleteOptions(body, call.query);
}

/** The media type of the body, without parameters; `none` stands for no type. @throws Refusal 415 */
function checkType(call: Call, accepted: readonly string[], none = accepted[0] ?? ""): string {
  const type = MEDIA_TYPE.exec(call.header("content-type") ?? none)?.[1];
  const known = accepted.find((each) => each === type);
  if (known === undefined) throw unsupportedMediaType(accepted);
  return known;
}
