// The HistoricJob of a finished Job, and how it is recognised. Its name follows from the job alone, so that two who write it
// cannot make two. src: pkg/registry/apis/provisioning/jobs/history_writer.go in grafana/grafana, for labels and copies.

import {
  ANNOTATION_ATTEMPT,
  ANNOTATION_GIVEN_BACK,
  type HistoricJob,
  type Job,
  LABEL_CLAIM,
  LABEL_CLAIM_OWNER,
  LABEL_ORIGINAL_UID,
  LABEL_REPOSITORY,
} from "../provisioning.ts";
import type { JobView } from "./job-view.ts";

const NAME_MAX = 253;
/** Tells who applied the Job and how: of the record it would be untrue. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** `<job name, cut>-<uid>`. */
export function recordName({ name, uid }: Pick<JobView, "name" | "uid">): string {
  // Each part between dots ends in a letter or digit.
  const start = name.slice(0, NAME_MAX - 1 - uid.length).replace(/[-.]+$/, "");
  return start === "" ? uid : `${start}-${uid}`;
}

export function recordOf(job: Job, view: JobView): HistoricJob {
  const { [LABEL_CLAIM]: _claim, [LABEL_CLAIM_OWNER]: _owner, ...labels } = job.metadata?.labels ?? {};
  const given = job.metadata?.annotations ?? {};
  const { [ANNOTATION_ATTEMPT]: _attempt, [ANNOTATION_GIVEN_BACK]: _back, [LAST_APPLIED]: _applied, ...annotations } = given;
  const repository: Record<string, string> = view.repository === "" ? {} : { [LABEL_REPOSITORY]: view.repository };
  return {
    kind: "HistoricJob",
    apiVersion: job.apiVersion,
    metadata: {
      name: recordName(view),
      namespace: view.namespace,
      labels: { ...labels, ...repository, [LABEL_ORIGINAL_UID]: view.uid },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: job.spec,
    status: job.status,
  };
}

/** Whether what has the record's name tells of this very end of this very job. Undefined = nothing has. */
export function recordAnswer(record: HistoricJob | undefined, { uid, finishedMs }: JobView): "same" | "missing" | "other" {
  if (record === undefined) return "missing";
  const sameJob = record.metadata?.labels?.[LABEL_ORIGINAL_UID] === uid;
  return sameJob && Number(record.status?.finished) === finishedMs ? "same" : "other";
}
