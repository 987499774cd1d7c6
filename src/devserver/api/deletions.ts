// Deletions, of one object and of all that a list shows: options in, what is left out, or the word that nothing is.

import type { Entry } from "../state/entry.ts";
import { isVersion } from "../state/versions.ts";
import { conflict, notFound, type StatusBody, success } from "../wire/status.ts";
import type { DeleteOptions } from "./delete-options.ts";
import type { ObjectContext } from "./objects.ts";

interface Deleted {
  /** 202 where dependents were not to be orphaned and the object lingers. */
  status: 200 | 202;
  /** The object that goes with its last finalizer; undefined: it is gone. */
  left: Entry | undefined;
  /** What is said where nothing is left. */
  said: StatusBody;
}

const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

/** @throws Refusal 404, 409 */
export function deleteObject(context: ObjectContext, name: string, options: DeleteOptions): Deleted {
  const { store, resource, namespace, behaviour } = context;
  const entry = store.get(resource.name, namespace, name);
  if (entry === undefined) throw notFound(resource.name, name);
  checkPreconditions(context, entry, options);
  const held = entry.object.metadata.finalizers ?? [];
  const finalizers = behaviour.propagation === "ignored" ? held : collectorsOf(held, options.policy);
  const last = store.delete(resource.name, namespace, name, {}, { dryRun: options.dryRun, finalizers });
  const left = finalizers.length === 0 ? undefined : last;
  return { status: left !== undefined && options.cascades ? 202 : 200, left, said: success(resource.name, name, entry.uid) };
}

/** All of these; one that is gone already is no matter. @throws Refusal 409 */
export function deleteAll(context: ObjectContext, entries: readonly Entry[], options: DeleteOptions): void {
  for (const { namespace, name } of entries) {
    if (context.store.get(context.resource.name, namespace, name) !== undefined) deleteObject(context, name, options);
  }
}

/** The kind stands in these conflicts where others have the resource. @throws Refusal 409 */
function checkPreconditions({ store, resource }: ObjectContext, entry: Entry, { uid, resourceVersion }: DeleteOptions): void {
  const version = store.versionText(entry.version);
  if (uid !== undefined && uid !== entry.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${entry.uid})`;
    throw conflict(resource.kind, entry.name, `${why}. The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && !isVersion(resourceVersion, entry.version)) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${version})`;
    throw conflict(resource.kind, entry.name, `${why}. The object might have been modified`);
  }
}

/** The finalizers with that of the collector of garbage who is to look at dependents, and without that of another. */
function collectorsOf(held: readonly string[], policy: DeleteOptions["policy"]): string[] {
  const given = { Orphan: ORPHAN, Foreground: FOREGROUND, Background: undefined };
  const collector = policy === undefined ? [ORPHAN, FOREGROUND].find((finalizer) => held.includes(finalizer)) : given[policy];
  const others = held.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return collector === undefined ? others : [...others, collector];
}
