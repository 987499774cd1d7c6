// What a worker is to whoever drives jobs: an order and a way to talk in, one result out. Types and the words that they
// allow; what runs behind them, and that it may be another process, is not known here.

import type { LogLevel } from "../base/log.ts";

/** One job, claimed by us. `(uid, attempt)` is the fencing token: the attempt of a uid only grows. */
export interface WorkOrder {
  uid: string;
  name: string;
  namespace: string;
  repository: string;
  action: string;
  /** 1 for the first claim of this uid. */
  attempt: number;
  /** The whole Job as it was claimed; handed to workers that read it. */
  job: object;
}

/** How long our lease holds, as the driver knows it at any time. */
export interface LeaseView {
  /** On `clock.monotonic()`, ms. A worker that still runs then is killed at once; a lost lease is a deadline in the past. */
  readonly deadlineMs: number;
  /** Calls after every change of `deadlineMs`; gives what ends the calls. */
  onChange(listener: () => void): () => void;
}

export interface WorkIo {
  /** Aborted when the work has to stop: the worker is told the reason's message, gets SIGTERM, then SIGKILL, in bounded time. */
  signal: AbortSignal;
  lease: LeaseView;
  /** What the worker reports, in order, before the result. Called as often as the worker speaks: throttling is the listener's. */
  progress(update: WorkUpdate): void;
  /** A line of talk; bounded in length and rate. */
  log(line: WorkLog): void;
}

export interface WorkLog {
  level: LogLevel;
  text: string;
  /** `protocol`: a log line of the protocol; else what stood on that stream; `guard`: said about the worker. */
  source: "protocol" | "stdout" | "stderr" | "guard";
}

export type WorkUpdate =
  | { kind: "progress"; message?: string; /** 0 to 100. */ percent?: number; /** How many resources there will be. */ total?: number }
  | { kind: "resource"; resource: ResourceResult };

export const RESOURCE_ACTIONS = ["create", "update", "delete", "rename", "noop"] as const;
export type ResourceAction = (typeof RESOURCE_ACTIONS)[number];

/** What became of one resource. With an error nothing was changed; a warning stands beside what was. */
export interface ResourceResult {
  action: ResourceAction;
  group?: string;
  kind?: string;
  name?: string;
  /** File in the repository. */
  path?: string;
  error?: string;
  warning?: string;
}

/** One entry of a job's errors or warnings, with the file it is about. */
export interface WorkNote {
  message: string;
  path?: string;
}

/** The fields of `status.url`. src: provisioning-api 2.4, RepositoryURLs */
export const URL_FIELDS = ["repositoryURL", "sourceURL", "newPullRequestURL", "compareURL"] as const;
export type WorkUrls = { [F in (typeof URL_FIELDS)[number]]?: string };

/** Counters of `status.summary`, each an integer of zero or more. */
export const SUMMARY_COUNTERS = ["total", "create", "update", "delete", "write", "error", "warning", "noop"] as const;

/** One row of `status.summary`, as the worker counted it; then it stands in place of what its resources add up to. */
export type WorkSummary = { group?: string; kind?: string; errors?: string[]; warnings?: string[] } & {
  [C in (typeof SUMMARY_COUNTERS)[number]]?: number;
};

export const WORK_STATES = ["success", "warning", "error"] as const;
export type WorkState = (typeof WORK_STATES)[number];

export type WorkResult =
  /** The work came to its end, good or bad: the job can be finished with this. */
  | {
      kind: "done";
      state: WorkState;
      message?: string;
      errors: WorkNote[];
      warnings: WorkNote[];
      /** Undefined if the worker gave none. */
      summary?: WorkSummary[];
      urls?: WorkUrls;
    }
  /** It was stopped, or nobody can know how far it came; nothing of it runs any more unless `survivors`. */
  | {
      kind: "aborted";
      reason: string;
      /** Processes that could not be ended (stuck in the kernel, or not ours to kill). */
      survivors?: boolean;
    };

export interface Workers {
  /** The actions that have a worker; `*`: every action. */
  readonly actions: ReadonlySet<string> | "*";
  /** Runs one order to its end. Never rejects, and always resolves: within bounded time after the signal or the lease's end. */
  run(order: WorkOrder, io: WorkIo): Promise<WorkResult>;
  /** Ends what still runs; resolves when it is gone. */
  close(): Promise<void>;
}

/** Whether jobs of this action may be claimed. */
export function hasWorker(workers: Pick<Workers, "actions">, action: string): boolean {
  return workers.actions === "*" || workers.actions.has(action);
}
