// Objects of the wire, short to write down.

import type { KubeObject, ListPage } from "../../src/kube/types.ts";
import { type HistoricJob, type Job, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../src/provisioning.ts";

/** A Job `default/<name>` with uid and version. */
export function job(name: string, uid: string, version = "1", more: { namespace?: string; createdMs?: number } = {}): Job {
  const { namespace = "default", createdMs } = more;
  return {
    kind: "Job",
    metadata: { namespace, name, uid, resourceVersion: version, ...(createdMs === undefined ? {} : { creationTimestamp: isoSeconds(createdMs) }) },
    spec: { action: "pull", repository: "repo" },
  };
}

/** The HistoricJob that the job `name` with `uid` leaves behind. */
export function record(name: string, uid: string, createdMs: number): HistoricJob {
  return {
    metadata: {
      namespace: "default",
      name: `${name}-x7f2q`,
      uid: `record-of-${uid}`,
      creationTimestamp: isoSeconds(createdMs),
      labels: { [LABEL_ORIGINAL_UID]: uid, [LABEL_REPOSITORY]: "repo" },
    },
    spec: { action: "pull", repository: "repo" },
  };
}

export function page<T extends KubeObject>(items: T[], more: Partial<ListPage<T>> = {}): ListPage<T> {
  return { items, version: "100", continue: undefined, bytes: 1_000, serverTimeMs: undefined, ...more };
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
