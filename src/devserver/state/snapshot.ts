// The objects of one resource as they were: the present ones with the changes since undone. Not to be held across a write.

import type { ResourceName } from "../resources.ts";
import type { Entry } from "./entry.ts";
import type { Change, Store } from "./store.ts";

/** Objects that can be read in the order of their keys, of one namespace or all, from a key on. */
export interface View {
  entries(namespace: string | undefined, start?: string): Iterable<Entry>;
  count(namespace: string | undefined, start?: string): number;
}

/** What is there now. */
export function present(store: Store, resource: ResourceName): View {
  return {
    entries: (namespace, start) => store.entries(resource, namespace, start),
    count: (namespace, start) => store.count(resource, namespace, start),
  };
}

/** What was there before `changes`, which must be all since then, newest first; those of other resources are passed over. */
export function before(store: Store, resource: ResourceName, changes: readonly Change[]): View {
  const then = new Map<string, Entry | undefined>();
  for (const change of changes) if (change.resource === resource) then.set(change.entry.key, change.previous);
  if (then.size === 0) return present(store, resource);
  const now = ({ namespace, name }: Entry) => store.get(resource, namespace, name) !== undefined;
  const gone = [...then.values()].filter((entry) => entry !== undefined && !now(entry)) as Entry[];
  gone.sort((one, other) => (one.key < other.key ? -1 : 1));
  const within = (key: string, namespace: string | undefined, start: string) =>
    key >= start && (namespace === undefined || key.startsWith(`${namespace}/`));
  const goneIn = (namespace: string | undefined, start: string) => gone.filter(({ key }) => within(key, namespace, start));

  return {
    *entries(namespace, start = "") {
      const missing = goneIn(namespace, start);
      let next = 0;
      for (const entry of store.entries(resource, namespace, start)) {
        for (let lost = missing[next]; lost !== undefined && lost.key < entry.key; lost = missing[++next]) yield lost;
        const was = then.has(entry.key) ? then.get(entry.key) : entry;
        if (was !== undefined) yield was;
      }
      yield* missing.slice(next);
    },
    count(namespace, start = "") {
      let fresh = 0;
      for (const [key, was] of then) {
        if (was === undefined && within(key, namespace, start) && store.has(resource, key)) fresh++;
      }
      return store.count(resource, namespace, start) - fresh + goneIn(namespace, start).length;
    },
  };
}
