// What is counted: closed names with closed words. A room says `count(name, labels)` where a fact is known; what becomes
// of it is the business of observe/. Holds no number.

import { CONNECTION_REASONS } from "./errors.ts";
import type { Reason } from "./reasons.ts";

const REQUEST = [
  "connection", "cut", "stall", "credential", "unauthorized", "forbidden", "not-found", "throttled", "client-error", "server-error",
] as const satisfies Reason[];

/** What may come of a page of a list, of a watch, of a delete, of an exchange, other than what was asked for. */
export const LIST_REASONS = [...REQUEST, "expired", "not-json", "malformed", "repeated-token", "unexpected"] as const satisfies Reason[];
export const WATCH_REASONS = [
  ...REQUEST, "mid-line", "expired", "expired-event", "error-event", "not-json", "malformed", "oversized", "unexpected",
] as const satisfies Reason[];
export const DELETE_REASONS = [...REQUEST, "conflict", "other-object", "unexpected"] as const satisfies Reason[];
/** Of reading or writing one object; that somebody was faster is counted apart. */
export const OBJECT_REASONS = [...REQUEST, "not-json", "malformed", "other-object", "unexpected"] as const satisfies Reason[];
export const EXCHANGE_REASONS = [
  "connection", "cut", "stall", "unauthorized", "forbidden", "not-found", "throttled", "client-error", "server-error", "unexpected",
] as const satisfies Reason[];

/** A label whose words are not listed: hosts that were configured, methods that we use, statuses that HTTP has. */
const OPEN = "open";
const RESOURCES = ["jobs", "historicjobs", "repositories"] as const;
const OBJECT = { operation: ["get", "create", "replace", "delete"], resource: RESOURCES } as const;

/** What jobs do, and how they end. src: provisioning-api 2.3, 2.4 */
export const JOB_ACTIONS = [
  "pull", "push", "pr", "migrate", "delete", "move", "fixFolderMetadata", "releaseResources", "deleteResources", "test", "other",
] as const;
const JOB_OUTCOMES = ["success", "warning", "error"] as const;
/** One of up to a hundred drivers, by its number. */
const DRIVER = { driver_id: OPEN } as const;

/** Every name with its labels and their words. A name is counted once per fact, where the fact is known. */
export const COUNTED = {
  "watch-opened": {},
  /** By the server, in good order. */
  "watch-ended": {},
  "watch-failed": { reason: WATCH_REASONS },
  /** `live`: on the stream; `relist`: by a list that differs from what was known. */
  "event": { verb: ["add", "update", "delete"], delivery: ["live", "relist"] },
  "event-dropped": { reason: ["unknown_type", "no_identity"] },
  "event-doubled": {},
  "event-lost": { found_by: ["list", "history"] },
  "version-back": { seen_in: ["object", "stream", "list"] },
  "list-odd": { how: ["twice", "lacked"] },
  "listed": { trigger: ["initial", "reconnect", "periodic"] },
  "page": { resource: RESOURCES },
  "page-slow": { resource: RESOURCES },
  "page-failed": { resource: RESOURCES, reason: LIST_REASONS },
  "object": OBJECT,
  "object-contended": OBJECT,
  "object-failed": { operation: OBJECT.operation, reason: OBJECT_REASONS },
  "asked-to-wait": { operation: ["list", "watch", "get", "create", "replace", "delete", "exchange"] },
  "retry": { operation: ["list", "watch", "delete", "exchange"] },
  "unauthorized": { credential: ["renewed", "unchanged", "unavailable"] },
  "token-minted": {},
  "exchange-failed": { reason: EXCHANGE_REASONS },
  "secret-unreadable": {},
  "answer": { code: OPEN, method: OPEN, host: OPEN },
  "no-answer": { server: ["api", "exchange"], reason: CONNECTION_REASONS },
  "tls-reloaded": {},
  "tls-reload-failed": {},
  "deleted": {},
  "delete-failed": { reason: DELETE_REASONS },
  "sweep": { end: ["complete", "absent", "outdated", "forbidden", "failing", "moved"] },
  "history-scan": { end: ["complete", "broken", "unreadable"] },
  "unrecorded": {},
  "clock-jump": {},
  "job-claimed": DRIVER,
  "claim-conflict": DRIVER,
  "claim-failed": DRIVER,
  "job-processed": { action: JOB_ACTIONS, outcome: JOB_OUTCOMES },
  /** Amounts: seconds. */
  "job-duration": { action: JOB_ACTIONS, outcome: JOB_OUTCOMES },
  "queue-wait": { action: JOB_ACTIONS },
  "driver-busy": { ...DRIVER, action: JOB_ACTIONS },
  "lease-lost": { reason: ["expired", "gone", "replaced", "taken", "released", "failing"] },
  "job-reaped": { how: ["requeue", "fail", "archive"] },
  "job-given-back": { why: ["shutdown", "aborted"] },
  "job-kept": { why: ["lost", "forbidden", "refused", "other-record", "changed", "failing"] },
  "progress-dropped": {},
  "notified": { trigger: ["initial", "live", "relist", "reconstructed"] },
  /** Amount: our clock less `creationTimestamp`, seconds. */
  "notification-lag": { trigger: ["live", "relist"] },
} as const satisfies Record<string, Record<string, readonly string[] | typeof OPEN>>;

export type CountName = keyof typeof COUNTED;
export type CountLabels<N extends CountName> = {
  [L in keyof (typeof COUNTED)[N]]: (typeof COUNTED)[N][L] extends readonly (infer Word extends string)[] ? Word : string;
};

/** Says that something happened, `amount` times (default once); of a measured quantity: how much. Never throws. */
export type Count = <N extends CountName>(name: N, labels: CountLabels<N>, amount?: number) => void;

/** For whoever is not listened to. */
export function uncounted(): void {}
