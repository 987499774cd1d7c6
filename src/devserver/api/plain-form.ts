// The forms that objects take in answers: what list and watch ask of one, and the plain one, which is the object itself.

import type { ApiVersion } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { groupVersion, type Resource, shownVersion } from "../resources.ts";
import type { Entry } from "../state/entry.ts";

export interface ListMetadata {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface BookmarkMetadata {
  resourceVersion: string;
  annotations?: Readonly<Record<string, string>>;
}

/** How the objects of one resource look in the answer to one request. Chosen once a request; holds no state of it. */
export interface Form {
  /** Forms of equal keys make equal texts: a watch event is encoded once for each. */
  key: string;
  /** The whole answer to a request for one object. */
  object(entry: Entry): string;
  /** The whole answer to a request for a list. */
  list(metadata: ListMetadata, entries: readonly Entry[]): string;
  /** The `object` of a watch event; `first` is true for the first that the watch sends, bookmarks included. */
  event(entry: Entry, first: boolean): string;
  /** The `object` of a bookmark. */
  bookmark(metadata: BookmarkMetadata, first: boolean): string;
}

/** Objects as they are, with the `apiVersion` that was asked for. */
export function plainForm(resource: Resource, version: ApiVersion, behaviour: Behaviour): Form {
  const { kind, name } = resource;
  const apiVersion = shownVersion(resource, version);
  // Custom resources have no Go types, whose empty fields others show.
  const custom = behaviour.kinds === "custom";
  const object = (entry: Entry) => entry.text(kind, apiVersion);
  return {
    key: `${kind} ${apiVersion}`,
    object,
    event: object,
    list(metadata, entries) {
      const said = JSON.stringify(custom ? { continue: "", ...metadata } : metadata);
      const head = `{"kind":"${kind}List","apiVersion":"${groupVersion(version)}","metadata":${said}`;
      if (entries.length === 0 && name === "historicjobs" && behaviour.emptyHistory === "absent") return `${head}}`;
      return `${head},"items":[${entries.map(object).join(",")}]}`;
    },
    bookmark({ resourceVersion, annotations }) {
      const metadata = { resourceVersion, ...(annotations && { annotations }) };
      if (custom) return JSON.stringify({ kind, apiVersion, metadata });
      return JSON.stringify({ kind, apiVersion, metadata: { ...metadata, creationTimestamp: null }, spec: {}, status: {} });
    },
  };
}
