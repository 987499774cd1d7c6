// Creations and updates, whatever asks for them: an object in, checked and given what only the server may give, stored or
// refused. What a client without a version, with an old one, or for an object that is gone gets, is the behaviour's.

import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../base/clock.ts";
import type { Entry } from "../state/entry.ts";
import { type Metadata, type Resourced, type Stored, timestamp } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import { notFound, Refusal } from "../wire/status.ts";
import { annotationsOfChanged, annotationsOfNew } from "./bookkeeping.ts";
import { type Expected, tidy, type Warn } from "./decode.ts";
import { creationCauses, finalizerWarnings, updateCauses } from "./metadata-rules.ts";
import { generateName } from "./names.ts";
import { checkObject } from "./object-rules.ts";
import { checkVersion, gone, taken, wrongUid } from "./write-refusals.ts";

export interface ObjectContext extends Expected {
  store: Store;
  clock: Clock;
  namespace: string;
  /** Who writes, for the bookkeeping annotations. */
  subject: string;
  dryRun: boolean;
  warn: Warn;
  /** @throws Refusal 403 for whom an update may not create */
  authorizeCreation(): void;
}

/** How long a server without an atomic compare-and-swap takes from its check of the version to its write, ms. */
export const RACE_MS = 10;
/** How many names are tried before the server gives up to find a free one. */
const NAME_TRIES = 8;

/** @throws Refusal 409, 422, 500 */
export function createObject(context: ObjectContext, object: Resourced): Entry {
  const { store, resource, namespace, subject, behaviour, dryRun, warn } = context;
  const { name: given = "", generateName: base = "", resourceVersion = "", annotations, ...others } = object.metadata ?? {};
  const { labels, finalizers, ownerReferences } = others;
  const name = given === "" && base !== "" ? freeName(context, base) : given;
  const own = annotationsOfNew(resource.name, annotations, subject, behaviour);
  const metadata = tidy({ name, namespace, generateName: base, labels, annotations: own, finalizers, ownerReferences });
  const draft = { ...object, ...contentOf(context, object), metadata };
  checkObject(context, draft, creationCauses(metadata, behaviour));
  finalizerWarnings(metadata).forEach(warn);
  if (/^0*[1-9]\d*$/.test(resourceVersion)) throw new Refusal(500, "", "resourceVersion should not be set on objects to be created");
  const there = store.get(resource.name, namespace, name);
  if (there !== undefined) throw taken(resource, there.object, base !== "");
  if (behaviour.generateName === "emptied") delete metadata.generateName;
  return store.create(resource.name, draft, { dryRun });
}

export interface Update {
  name: string;
  /** The uid that the object must have; empty: any. */
  uid: string;
  /** What is created if the server lets updates create; undefined: nothing. */
  orCreate?: Resourced;
  /** Only the status is taken of what `change` makes. */
  ofStatus: boolean;
  /** The object as it is to be, with the version that it was made of. */
  change(current: Stored): Resourced;
}

export interface Written {
  entry: Entry;
  created: boolean;
}

/** @throws Refusal 400, 403, 404, 409, 422, 500 */
export async function updateObject(context: ObjectContext, update: Update): Promise<Written> {
  const { store, resource, namespace, behaviour, dryRun, clock } = context;
  const { name, uid, change, orCreate, ofStatus } = update;
  const current = store.get(resource.name, namespace, name);
  if (current === undefined) return { entry: createMissing(context, name, orCreate), created: true };
  if (uid !== "" && uid !== current.uid) throw wrongUid(resource, current, uid);
  const before = current.object;
  const next = change(before);
  checkVersion(context, before, next.metadata?.resourceVersion ?? "");
  const draft = ofStatus ? { ...next, ...before, ...statusOf(context, next.status) } : changed(context, before, next);
  checkObject(context, draft, updateCauses(draft.metadata, before.metadata, behaviour));
  finalizerWarnings(draft.metadata, before.metadata).forEach(context.warn);
  if (behaviour.sameObject === "ignored" && same(draft, before)) return { entry: current, created: false };
  if (behaviour.compareAndSwap === "racy") {
    await clock.sleep(RACE_MS);
    if (store.get(resource.name, namespace, name) === undefined) throw gone(context, name);
  }
  const { resourceVersion: _, uid: __, ...metadata } = draft.metadata;
  const { generation = 1 } = metadata;
  const entry = store.update(resource.name, { ...draft, metadata: { ...metadata, name, namespace } }, { dryRun, generation });
  // What an update lets go of is answered as it was sent.
  return { entry: isLast(metadata) ? entry.at(current) : entry, created: false };
}

function createMissing(context: ObjectContext, name: string, object: Resourced | undefined): Entry {
  const { uid = "", resourceVersion = "" } = object?.metadata ?? {};
  const creates = object !== undefined && (resourceVersion !== "" || context.behaviour.putMissing === "creates");
  if (!creates) throw notFound(context.resource.name, name);
  if (resourceVersion !== "") throw gone(context, name);
  if (uid !== "") throw wrongUid(context.resource, { namespace: context.namespace, name, uid: "" }, uid);
  context.authorizeCreation();
  return createObject(context, object);
}

/** What `next` makes of `before`, with what an update cannot change. */
function changed(context: ObjectContext, before: Stored, next: Resourced): Stored {
  const { behaviour, resource, subject, clock } = context;
  const old = before.metadata;
  const given = next.metadata ?? {};
  const content = contentOf(context, next, before);
  const spec = !isDeepStrictEqual(content.spec, before.spec);
  const counts = behaviour.generation === "spec" ? spec : !same({ ...next, ...content, metadata: old }, before);
  const facts = { resource: resource.name, before: old, spec, subject, time: timestamp(clock.now()) };
  const metadata = tidy({
    ...given,
    name: old.name,
    namespace: old.namespace,
    uid: given.uid ?? old.uid,
    resourceVersion: old.resourceVersion,
    generateName: behaviour.generateName === "emptied" ? undefined : given.generateName,
    generation: (old.generation ?? 1) + Number(counts),
    creationTimestamp: old.creationTimestamp,
    deletionTimestamp: old.deletionTimestamp ?? given.deletionTimestamp,
    deletionGracePeriodSeconds: given["deletionGracePeriodSeconds"] ?? old["deletionGracePeriodSeconds"],
    annotations: annotationsOfChanged(given.annotations, facts, behaviour),
  });
  return { ...next, ...content, metadata } as Stored;
}

/** Spec and status as they are stored: where there is a sub-resource for the status, this is not the way to write it. */
function contentOf(context: ObjectContext, { spec, status }: Resourced, before?: Resourced): Pick<Resourced, "spec" | "status"> {
  const typed = context.behaviour.kinds === "built-in";
  const shown = spec ?? (typed ? {} : undefined);
  return { ...(shown && { spec: shown }), ...statusOf(context, context.resource.statusSubresource ? before?.status : status) };
}

/** A built-in kind is a type whose parts are always there. */
function statusOf({ behaviour }: ObjectContext, status: Resourced["status"]): Pick<Resourced, "status"> {
  return { status: status ?? (behaviour.kinds === "built-in" ? {} : undefined) };
}

function freeName({ store, resource, namespace }: ObjectContext, base: string): string {
  const isTaken = (name: string) => store.get(resource.name, namespace, name) !== undefined;
  let name = generateName(base);
  for (let tries = 1; tries < NAME_TRIES && isTaken(name); tries++) name = generateName(base);
  return name;
}

/** Whether the two differ in nothing that is stored. */
function same(left: Resourced, right: Resourced): boolean {
  const { kind: _kind, apiVersion: _version, ...a } = left;
  const { kind: __kind, apiVersion: __version, ...b } = right;
  return isDeepStrictEqual(present(a), present(b));
}

function isLast({ deletionTimestamp, finalizers = [] }: Metadata): boolean {
  return deletionTimestamp !== undefined && finalizers.length === 0;
}

function present<Fields extends Record<string, unknown>>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
