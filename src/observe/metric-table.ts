// Every metric: what is counted, and what is read when somebody looks, with name, type and meaning. The README's tables
// are made from it.
//
// Names and labels that Grafana's own operators have are theirs where the meaning is the same, with `reason` beside them.
// No label names an object, a namespace or a repository: what a label may say is listed in base/counts.ts.

import type { CountName } from "../base/counts.ts";

export interface Metric {
  name: string;
  /** One sentence without a full stop. */
  help: string;
  /** Something is wrong with the server or the way to it: stays 0 while all is well. */
  trouble?: true;
  /** Labels that every sample has. */
  fixed?: Readonly<Record<string, string>>;
  /** Makes it a histogram: upper bounds, without infinity. */
  buckets?: readonly number[];
}

const INFORMER = { source: "apiserver" };
const JOBS = { ...INFORMER, resource: "jobs" };

/** Counters, and histograms where there are `buckets`. */
export const METRICS: Readonly<Record<CountName, Metric>> = {
  "event": {
    name: "grafana_provisioning_informer_events_total",
    help: "Changes of Jobs: what the watch told (live), and what lists found that it had not told by then (relist)",
    fixed: JOBS,
  },
  "notified": { name: "job_controller_notifications_total", help: "Notification lines, by how the Job became known" },
  "notification-lag": {
    name: "job_controller_notification_lag_seconds",
    help: "From the creationTimestamp, which is cut to seconds, to the notification line",
    buckets: [1, 2, 5, 10, 30, 60, 120, 300],
  },
  "watch-opened": { name: "job_controller_watch_opens_total", help: "Watches that the server accepted" },
  "watch-ended": { name: "job_controller_watch_ends_total", help: "Watches that the server ended in good order" },
  "listed": {
    name: "grafana_provisioning_informer_relists_total",
    help: "Complete lists of Jobs: the first, those after a reconnect, and those that the resync interval asks for",
    fixed: JOBS,
  },
  "page": { name: "job_controller_list_pages_total", help: "Pages of lists" },
  "object": {
    name: "job_controller_object_requests_total",
    help: "Single objects that were read or written as asked; deletes of HistoricJobs are counted as such",
  },
  "object-contended": {
    name: "job_controller_object_conflicts_total",
    help: "Reads and writes of single objects that came too late: changed or deleted by somebody else, or a name that was taken",
  },
  "history-scan": {
    name: "job_controller_history_scans_total",
    help: "Readings of the history for Jobs that came and went unseen, by how they ended",
  },
  "unrecorded": {
    name: "job_controller_jobs_unrecorded_total",
    help: "Jobs that ended and left no HistoricJob within a minute, as those do that people delete",
  },
  "sweep": { name: "job_controller_history_sweeps_total", help: "Sweeps for expired HistoricJobs, by how they ended" },
  "deleted": { name: "job_controller_history_deleted_total", help: "Expired HistoricJobs that were deleted" },
  "token-minted": { name: "job_controller_token_exchanges_total", help: "Tokens that the exchange minted" },
  "tls-reloaded": { name: "job_controller_tls_reloads_total", help: "Changed certificates and keys that were put to use" },
  "job-claimed": { name: "grafana_provisioning_jobs_claimed_total", help: "Jobs that we claimed, by the number of the driver" },
  "job-processed": { name: "grafana_provisioning_jobs_processed_total", help: "Jobs that we ended, by their state at the end" },
  "job-duration": {
    name: "grafana_provisioning_jobs_duration_seconds",
    help: "From the claim to the end of the work",
    buckets: [5, 10, 30, 60, 120, 300],
  },
  "queue-wait": {
    name: "grafana_provisioning_jobs_queue_wait_seconds",
    help: "From the creationTimestamp, which is cut to seconds, to the first claim, on the server's clock",
    buckets: [1, 5, 10, 30, 60, 120, 300],
  },
  "driver-busy": { name: "grafana_provisioning_jobs_busy_seconds_total", help: "Time that drivers spent on jobs, from claim to record" },
  "job-reaped": {
    name: "job_controller_jobs_reaped_total",
    help: "Jobs whose owner had stopped: given back to the queue, ended as failed, or only archived",
  },
  "job-given-back": { name: "job_controller_jobs_given_back_total", help: "Jobs that went back to the queue: we were stopped, or their worker was" },
  "answer": {
    name: "rest_client_requests_total",
    help: "Requests to the API and to the token exchange, by status; <error> = no answer came",
  },

  "watch-failed": {
    name: "grafana_provisioning_informer_watch_errors_total",
    help: "Watches of Jobs that could not be opened, or did not end in good order",
    fixed: JOBS,
    trouble: true,
  },
  "event-dropped": {
    name: "grafana_provisioning_informer_dropped_events_total",
    help: "Events and listed Jobs that cannot be followed: of a type that is not known, or without uid or name",
    fixed: JOBS,
    trouble: true,
  },
  "event-lost": {
    name: "job_controller_events_lost_total",
    help: "Changes that the watch should have told and had not 10 s after a list showed them; found by history = the whole life of a Job",
    trouble: true,
  },
  "event-doubled": { name: "job_controller_events_doubled_total", help: "Events of the watch that it had told before", trouble: true },
  "version-back": {
    name: "job_controller_versions_backwards_total",
    help: "Versions that went back: an event's behind what the watch had told of its object, or of any; a list's behind an earlier list's, or the watch's",
    trouble: true,
  },
  "list-odd": {
    name: "job_controller_lists_inconsistent_total",
    help: "Jobs that one list showed twice, or lacked though lists before and after it show them unchanged: continue tokens that lead astray",
    trouble: true,
  },
  "page-failed": {
    name: "grafana_provisioning_informer_relist_errors_total",
    help: "Pages of lists that could not be had; each ends its list",
    fixed: INFORMER,
    trouble: true,
  },
  "page-slow": { name: "job_controller_list_pages_slow_total", help: "Pages of lists that took longer than 3 s to come, or to begin to where they are read in parts", trouble: true },
  "delete-failed": {
    name: "job_controller_history_delete_errors_total",
    help: "Deletes that did not delete: not-found = somebody was faster, conflict = the name belongs to another object by now",
    trouble: true,
  },
  "object-failed": {
    name: "job_controller_object_errors_total",
    help: "Single objects that could not be read or written, for another reason than that they were changed or gone",
    trouble: true,
  },
  "no-answer": {
    name: "job_controller_connection_errors_total",
    help: "Requests that got no answer, by what the connection broke on",
    trouble: true,
  },
  "unauthorized": {
    name: "job_controller_unauthorized_total",
    help: "Answers 401: tried again with a renewed credential, left there with an unchanged one, or with none to be had",
    trouble: true,
  },
  "exchange-failed": {
    name: "job_controller_token_exchange_errors_total",
    help: "Attempts at the token exchange that gave no token",
    trouble: true,
  },
  "asked-to-wait": { name: "job_controller_retry_after_total", help: "Refusals that said when to come again", trouble: true },
  "retry": { name: "job_controller_request_retries_total", help: "What was, or will be, asked for again because it failed", trouble: true },
  "secret-unreadable": {
    name: "job_controller_secret_file_errors_total",
    help: "Token files that became unusable; the last good token stays in use",
    trouble: true,
  },
  "tls-reload-failed": {
    name: "job_controller_tls_reload_errors_total",
    help: "Changed certificates that cannot be used; those before stay in use",
    trouble: true,
  },
  "claim-conflict": {
    name: "grafana_provisioning_jobs_claim_conflicts_total",
    help: "Claims that somebody else was faster with, as is usual among several controllers",
  },
  "claim-failed": {
    name: "grafana_provisioning_jobs_claim_errors_total",
    help: "Claims that failed otherwise",
    trouble: true,
  },
  "lease-lost": { name: "job_controller_leases_lost_total", help: "Jobs that were taken from us in mid-work, or whose lease we could not renew", trouble: true },
  "job-kept": { name: "job_controller_jobs_kept_total", help: "Jobs that have their result and could not be archived, at each try", trouble: true },
  "progress-dropped": { name: "job_controller_progress_dropped_total", help: "Progress that was not written; the work went on", trouble: true },
  "clock-jump": {
    name: "job_controller_server_clock_jumps_total",
    help: "Times that the server's Date moved by more than a minute between two lists",
    trouble: true,
  },
};

/** Read at each scrape; absent where there is nothing to read. */
export const READINGS = {
  "build": { name: "job_controller_build_info", type: "gauge", help: "1, with what this program was built from and runs on" },
  "ready": { name: "job_controller_ready", type: "gauge", help: "1 while /readyz answers 200" },
  "watch-connected": { name: "job_controller_watch_connected", type: "gauge", help: "1 while the watch of every followed namespace is open" },
  "last-event": {
    name: "job_controller_watch_last_event_timestamp_seconds",
    type: "gauge",
    help: "When the watch last told of anything, bookmarks included",
  },
  "last-list": {
    name: "grafana_provisioning_informer_last_relist_success_timestamp_seconds",
    type: "gauge",
    help: "When the last complete list of Jobs ended, of the namespace that was listed longest ago",
    fixed: JOBS,
  },
  "list-objects": {
    name: "grafana_provisioning_informer_relist_objects",
    type: "gauge",
    help: "Jobs that the last complete lists showed",
    fixed: JOBS,
  },
  "objects": { name: "job_controller_objects_indexed", type: "gauge", help: "Jobs that the server is known to hold" },
  "uids": { name: "job_controller_uids_remembered", type: "gauge", help: "Jobs that are not announced again, departed ones included" },
  "drivers": {
    name: "grafana_provisioning_jobs_concurrent_driver_num_drivers",
    type: "gauge",
    help: "Jobs that can be worked on at once; absent without workers",
  },
  "in-flight": { name: "grafana_provisioning_jobs_in_flight", type: "gauge", help: "Jobs that are worked on" },
  "queue-depth": { name: "workqueue_depth", type: "gauge", help: "Jobs that wait for a driver", fixed: { name: "provisioningJobDriver" } },
  "token-expiry": {
    name: "job_controller_token_expiry_timestamp_seconds",
    type: "gauge",
    help: "End of the minted token's life, on our clock",
  },
  "certificate-expiry": {
    name: "job_controller_client_certificate_expiry_timestamp_seconds",
    type: "gauge",
    help: "End of the client certificate's life",
  },
  "clock-skew": { name: "job_controller_clock_skew_seconds", type: "gauge", help: "The server's clock less ours, to the second" },
  "cpu": { name: "process_cpu_seconds_total", type: "counter", help: "User and system time that this process has spent" },
  "memory": { name: "process_resident_memory_bytes", type: "gauge", help: "Memory that this process holds" },
  "start": { name: "process_start_time_seconds", type: "gauge", help: "When this process started" },
  "files": { name: "process_open_fds", type: "gauge", help: "Files and sockets that are open, on Linux under Bun" },
} as const satisfies Record<string, { name: string; type: "gauge" | "counter"; help: string; fixed?: Record<string, string> }>;

export type ReadingName = keyof typeof READINGS;
