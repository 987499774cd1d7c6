// What servers of this API answer with, as far as it is read: types alone.

/** An object, a list, a Table or a Status. */
export interface Body {
  kind?: string;
  apiVersion?: string;
  metadata: Metadata;
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  items: Body[];
  message?: string;
  reason?: string;
  code?: number;
  details?: Details;
  [field: string]: unknown;
}

export interface Metadata {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  continue?: string;
  remainingItemCount?: number;
  [field: string]: unknown;
}

/** Of a Status. */
export interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}
