// Refusals of writes for what is there, or is not: versions, uids, names that are taken, objects that are gone.

import { GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Resource } from "../resources.ts";
import type { Entry } from "../state/entry.ts";
import type { Stored } from "../state/object.ts";
import { invalidObject, invalidValue } from "../wire/causes.ts";
import { alreadyExists, conflict, notFound, Refusal } from "../wire/status.ts";

interface Context {
  resource: Resource;
  behaviour: Behaviour;
}

/** Whether an update that says it was made of version `text` may replace `before`. @throws Refusal 409, 422, 500 */
export function checkVersion({ resource, behaviour }: Context, before: Stored, text: string): void {
  const { name, resourceVersion } = before.metadata;
  if (/^0*$/.test(text)) {
    if (behaviour.putWithoutVersion === "overwrites") return;
    throw invalidObject(resource.name, name, [invalidValue("metadata.resourceVersion", 0, "must be specified for an update")]);
  }
  if (!/^\d+$/.test(text)) throw new Refusal(500, "", `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (text === resourceVersion) return;
  throw conflict(resource.name, name, "the object has been modified; please apply your changes to the latest version and try again");
}

/** `found.uid` is empty where there is no object. */
export function wrongUid({ name: resource }: Resource, found: Pick<Entry, "namespace" | "name" | "uid">, wanted: string): Refusal {
  const key = `/registry/${GROUP}/${resource}/${found.namespace}/${found.name}`;
  const failed = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found.uid}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${failed}`;
  return conflict(resource, found.name, why);
}

/** A name is in use; `generated` = it began with a generateName, so that another try may help. */
export function taken({ name: resource }: Resource, { metadata: { name, deletionTimestamp } }: Stored, generated: boolean): Refusal {
  const refusal = alreadyExists(resource, name, deletionTimestamp === undefined ? "" : "object is being deleted: ");
  if (!generated) return refusal;
  const { message, details } = refusal.body;
  const said = `${message}, the server was not able to generate a unique name for the object`;
  return new Refusal(409, "AlreadyExists", said, { ...details, retryAfterSeconds: 1 });
}

/** The object of an update that was made of some version is not there any more. */
export function gone({ resource, behaviour }: Context, name: string): Refusal {
  if (behaviour.putDeleted === "404") return notFound(resource.name, name);
  if (behaviour.putDeleted === "409") return conflict(resource.name, name, "the object does not exist any more");
  return new Refusal(500, "", "resourceVersion should not be set on objects to be created");
}
