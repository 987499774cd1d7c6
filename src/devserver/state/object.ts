// An object as it comes, is kept and goes: JSON of which only the envelope is known here.

export interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  [key: string]: unknown;
}

/** An object on its way into or out of the store. Unknown fields are kept. */
export interface Resourced {
  kind?: string;
  apiVersion?: string;
  metadata?: Metadata;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [key: string]: unknown;
}

/** An object as stored: metadata complete. */
export interface Stored extends Resourced {
  metadata: Metadata & { name: string; namespace: string; uid: string; resourceVersion: string };
}

/** Whole seconds, as the wire has them. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
