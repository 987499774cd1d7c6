// The few shapes of the Kubernetes wire that this program reads. Everything may be missing: a server is not trusted.

import type { V1ObjectMeta, V1Status } from "@kubernetes/client-node";

/** Metadata as it arrives: every field optional, `creationTimestamp` still text. */
export type Metadata = Omit<V1ObjectMeta, "creationTimestamp" | "deletionTimestamp" | "managedFields"> & {
  creationTimestamp?: string | null;
};

export interface KubeObject {
  kind?: string;
  apiVersion?: string;
  metadata?: Metadata;
}

export type Status = Partial<V1Status>;

/** Where a list or watch goes: one namespace, or all of them. */
export interface Collection {
  resource: "jobs" | "historicjobs" | "repositories";
  namespace?: string;
}

/** One page of a list, checked: it had items (or none) and a resourceVersion. */
export interface ListPage<T extends KubeObject = KubeObject> {
  items: T[];
  /** `metadata.resourceVersion` of the list, opaque text. */
  version: string;
  /** Token of the next page; undefined on the last one. */
  continue: string | undefined;
  /** Size of the body as text, bytes. */
  bytes: number;
  /** Server time at the page's end, ms: the `Date` of its begin, in whole seconds, and what has passed since; undefined without one. */
  serverTimeMs: number | undefined;
}

export type WatchEvent =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: KubeObject }
  | { type: "BOOKMARK"; object: KubeObject }
  | { type: "ERROR"; object: Status }
  /** A type that the API may learn later: counted, never advances the version. */
  | { type: "UNKNOWN"; name: string };

/** `namespace/name`; the separator occurs in neither. */
export type ObjectKey = string;
