// Whether a place can hold objects, and whether an object is meant for the place that it was sent to.

import type { Resourced } from "../state/object.ts";
import { badRequest } from "../wire/status.ts";
import type { Target } from "./paths.ts";

/** `name` = that of the path; empty: there is none. @throws Refusal 400 */
export function checkTarget({ metadata = {} }: Resourced, { namespace }: Pick<Target, "namespace">, name: string): void {
  if ((metadata.namespace ?? namespace) !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name === "") return;
  const { name: given = "" } = metadata;
  if (given === "") throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

/** A name that a path could not be made of names no object. @throws Refusal 400 */
export function checkSegment(name: string): void {
  const rule = name === "." || name === ".." ? `may not be '${name}'` : name.includes("%") ? "may not contain '%'" : undefined;
  if (rule !== undefined) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${rule}`);
}
