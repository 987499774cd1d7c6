// What happened to jobs and records on the server, as a recorder saw it: objects in, the few fields that are judged out.
// Reads objects by itself: what the controller makes of them is on trial.

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

interface Facts {
  type: ChangeType;
  /** When the recorder was told, on the clock of clock.ts. */
  atMs: number;
  /** The server's order of all changes. */
  version: bigint;
  name: string;
  /** Of the job, in records too. */
  uid: string;
  state: string;
  finishedMs: number;
}

export interface JobChange extends Facts {
  kind: "job";
  claim: string;
  owner: string;
  attempt: number;
  /** Counts the writes of the torture itself. */
  touch: string;
}

export interface RecordChange extends Facts {
  kind: "record";
}

export type Change = JobChange | RecordChange;

/** An object of the wire, as far as it is read. */
export interface Thing {
  metadata?: {
    name?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  status?: { state?: string; finished?: number };
}

const GROUP = "provisioning.grafana.app";
export const TOUCH = "torture/touch";

/** `version`, where the object itself does not tell it. */
export function changeOf(type: ChangeType, resource: string, object: Thing, atMs: number, version?: bigint): Change {
  const { name = "", uid = "", resourceVersion = "0", labels = {}, annotations = {} } = object.metadata ?? {};
  const { state = "", finished = 0 } = object.status ?? {};
  const facts = { type, atMs, version: version ?? BigInt(resourceVersion), name, state, finishedMs: finished };
  if (resource === "historicjobs") return { kind: "record", ...facts, uid: labels[`${GROUP}/original-uid`] ?? "" };
  return {
    kind: "job",
    ...facts,
    uid,
    claim: labels[`${GROUP}/claim`] ?? "",
    owner: labels[`${GROUP}/claim-owner`] ?? "",
    attempt: Number(annotations["job-controller/attempt"] ?? 0),
    touch: annotations[TOUCH] ?? "",
  };
}

/** In the server's order. */
export function ordered<T extends Change>(changes: readonly T[]): T[] {
  return [...changes].sort((a, b) => (a.version < b.version ? -1 : a.version > b.version ? 1 : 0));
}
