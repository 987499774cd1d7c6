// What discovery says of one resource of the group.

import { ok } from "./expect.ts";
import type { Place } from "./place.ts";

interface Described {
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
}

/** As the version's own path describes it; undefined if it does not. `name` may be a sub-resource, such as `repositories/jobs`. */
export async function describedBy(at: Place, name: string): Promise<Described | undefined> {
  const { resources } = ok(await at.get(at.api)) as unknown as { resources?: Described[] };
  const found = resources?.find((one) => one.name === name);
  return found && { ...found, verbs: found.verbs ?? [] };
}
