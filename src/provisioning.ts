// The group, its versions, and what this program reads of its objects.
// src: apps/provisioning/pkg/apis/provisioning/v0alpha1/{jobs,types,register}.go in grafana/grafana.

import type { KubeObject } from "./kube/types.ts";

export const GROUP = "provisioning.grafana.app";
/** Served versions, the preferred (and storage) version first. */
export const API_VERSIONS = ["v0alpha1", "v1beta1"] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** The audience that the token is minted for, and the namespace claim that admits cluster-wide paths. */
export const AUDIENCE = GROUP;
export const ALL_NAMESPACES = "*";

export const LABEL_REPOSITORY = `${GROUP}/repository`;
export const LABEL_ORIGINAL_UID = `${GROUP}/original-uid`;
export const LABEL_CLAIM = `${GROUP}/claim`;
export const LABEL_CLAIM_OWNER = `${GROUP}/claim-owner`;
/** How often a Job was claimed to be worked on: ours alone, and with the uid the fencing token of workers. It only grows. */
export const ANNOTATION_ATTEMPT = "job-controller/attempt";
/** How many of these claims were given back by their owner, in good order: they do not count against the limit. */
export const ANNOTATION_GIVEN_BACK = "job-controller/given-back";

/** States that end a job; with `finished` set it is never run again. */
export const TERMINAL_STATES: readonly string[] = ["success", "warning", "error"];

export interface JobSpec {
  action?: string;
  repository?: string;
}

export interface JobStatus {
  state?: string;
  message?: string;
  /** ms since the epoch. */
  started?: number;
  finished?: number;
  /** 0 to 100. */
  progress?: number;
  /** Writes of progress so far. */
  progressUpdates?: number;
  errors?: string[];
  warnings?: string[];
  summary?: Record<string, unknown>[];
  url?: Record<string, string>;
}

export interface Job extends KubeObject {
  spec?: JobSpec;
  status?: JobStatus;
}

/** A finished job's record: own name and uid; the job's uid is the label `original-uid`. */
export type HistoricJob = Job;
