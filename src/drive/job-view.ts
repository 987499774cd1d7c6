// A Job as decisions read it, and the whole objects that go back in a PUT: whatever is not ours to change stays as it
// came. src: pkg/registry/apis/provisioning/jobs/persistentstore.go in grafana/grafana, for the labels.

import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, type Job, type JobStatus, LABEL_CLAIM, LABEL_CLAIM_OWNER, TERMINAL_STATES } from "../provisioning.ts";

export interface JobView {
  namespace: string;
  name: string;
  uid: string;
  /** resourceVersion; opaque. */
  version: string;
  /** The label `claim`; `""` = unclaimed. */
  claim: string;
  /** The label `claim-owner`; `""` where the owner writes none, as before July 2026. */
  owner: string;
  /** How often it was claimed to be worked on. It only grows. */
  attempt: number;
  /** The attempts that count against the limit: without those that their owner has given back. */
  spent: number;
  /** Terminal, with `finished` set: never run or requeued again. */
  finished: boolean;
  /** `status.finished`, ms; 0 = unset. */
  finishedMs: number;
  state: string;
  deleting: boolean;
  action: string;
  repository: string;
}

/** Undefined for an object that cannot be told from others: without name, namespace, uid or version. */
export function viewOf({ metadata, spec, status }: Job): JobView | undefined {
  const { namespace = "", name = "", uid = "", resourceVersion = "", labels = {}, annotations = {} } = metadata ?? {};
  if (namespace === "" || name === "" || uid === "" || resourceVersion === "") return undefined;
  const state = status?.state ?? "";
  const finishedMs = numberOf(status?.finished);
  const attempt = countOf(annotations[ANNOTATION_ATTEMPT]);
  return {
    namespace,
    name,
    uid,
    version: resourceVersion,
    claim: labels[LABEL_CLAIM] ?? "",
    owner: labels[LABEL_CLAIM_OWNER] ?? "",
    attempt,
    spent: Math.max(0, attempt - countOf(annotations[ANNOTATION_GIVEN_BACK])),
    finished: TERMINAL_STATES.includes(state) && finishedMs !== 0,
    finishedMs,
    state,
    deleting: (metadata as { deletionTimestamp?: unknown }).deletionTimestamp !== undefined,
    action: spec?.action ?? "",
    repository: spec?.repository ?? "",
  };
}

export interface Claim {
  owner: string;
  /** The server's clock, ms since the epoch. */
  nowMs: number;
}

/** With our claim; work is about to begin once more. */
export function claimed(job: Job, claim: Claim): Job {
  return countedUp(withClaim(job, claim), ANNOTATION_ATTEMPT);
}

/** With our claim and no new attempt: to renew it, or to end a job that will not be run. */
export function withClaim(job: Job, { owner, nowMs }: Claim): Job {
  const claim = { [LABEL_CLAIM]: String(Math.floor(nowMs)), [LABEL_CLAIM_OWNER]: owner };
  return { ...job, metadata: { ...job.metadata, labels: { ...job.metadata?.labels, ...claim } } };
}

/** Given back by an owner of whose work nothing runs any more: the attempt does not count. */
export function released(job: Job): Job {
  return countedUp(unclaimed(job), ANNOTATION_GIVEN_BACK);
}

/** Taken from an owner whose lease has expired, to be run again. */
export function requeued(job: Job): Job {
  return unclaimed(job);
}

function unclaimed(job: Job): Job {
  const { [LABEL_CLAIM]: _claim, [LABEL_CLAIM_OWNER]: _owner, ...labels } = job.metadata?.labels ?? {};
  const { finished: _finished, errors: _errors, progress: _progress, ...status } = job.status ?? {};
  return { ...job, metadata: { ...job.metadata, labels }, status: { ...status, state: "pending" } };
}

/** Fields of `status` replaced, the others kept. */
export function withStatus(job: Job, fields: JobStatus): Job {
  return { ...job, status: { ...job.status, ...fields } };
}

/** Fields of `status` as of work that begins: what an earlier attempt left of those that we know is gone. */
export function begun(job: Job, fields: JobStatus): Job {
  const { state, message, started, finished, progress, progressUpdates, errors, warnings, summary, url, ...unknown } = job.status ?? {};
  return { ...job, status: { ...unknown, ...fields } };
}

function countedUp(job: Job, annotation: string): Job {
  const annotations = job.metadata?.annotations ?? {};
  const count = String(countOf(annotations[annotation]) + 1);
  return { ...job, metadata: { ...job.metadata, annotations: { ...annotations, [annotation]: count } } };
}

function countOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
