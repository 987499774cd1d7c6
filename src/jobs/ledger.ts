// Who has been announced: one line per uid, however often and from wherever a job turns up. Pure: times come in,
// announcements go out. One ledger per followed collection.
//
// A uid is `live` while the server is known to hold it, then `departed`: a late page, a replayed event or its
// HistoricJob must not announce it again. It is forgotten when nothing can bring it back any more.

import { type HistoricJob, type Job, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../provisioning.ts";
import type { Trigger } from "../kube/watch-state.ts";
import { UidTable } from "./uid-table.ts";

/** What a notification line says of a job. */
export interface Announcement {
  trigger: Trigger | "reconstructed";
  namespace: string;
  job: string;
  uid: string;
  repository: string | undefined;
  action: string | undefined;
  /** `creationTimestamp` of the Job, ms; undefined if unknown or reconstructed. */
  createdMs: number | undefined;
}

/** Records are looked at when they are newer than the last complete scan's begin less this. */
const SCAN_OVERLAP_MS = 120_000;
/** How far a record's creation and the end of its job may be apart, with clocks that tell whole seconds. */
const SLACK_MS = 60_000;
/** Departed uids outlive the begin of list and scan by this. */
const KEEP_MS = SCAN_OVERLAP_MS + SLACK_MS;
/** The same where history cannot be read. */
const KEEP_UNREADABLE_MS = 600_000;
/** How long a record's job may still arrive as ADDED before it is told from the record. */
const SLOW_ADDED_MS = 10_000;

interface Scan {
  beganAt: number;
  /** Server time of its first page, ms. */
  beganServerMs: number | undefined;
}

export class Ledger {
  readonly #uids = new UidTable();
  readonly #waiting = new Map<string, { announcement: Announcement; dueAt: number }>();
  #listed = { beganAt: Number.NEGATIVE_INFINITY, resumesAt: Number.NEGATIVE_INFINITY };
  /** Passes that are under way, the earliest first: a sweep and a scan may read side by side. */
  #scans: Scan[] = [];
  #lastScan: Scan | undefined;
  #historyReadable = true;
  /** Up to when departed uids were forgotten without a look at the history. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  /** Known uids, live and departed: for tests and figures of memory. */
  get size(): number {
    return this.#uids.size;
  }

  /** A job exists or existed. The announcement if this is the first that is heard of its uid. */
  applied(job: Job, trigger: Trigger): Announcement | undefined {
    const { uid = "", namespace = "", name = "", creationTimestamp } = job.metadata ?? {};
    const recorded = this.#waiting.delete(uid);
    const fresh = this.#uids.add(uid);
    if (recorded) this.#uids.settle(uid);
    if (!fresh) return undefined;
    const createdMs = Date.parse(creationTimestamp ?? "");
    return {
      trigger,
      namespace,
      job: name,
      uid,
      repository: job.spec?.repository ?? job.metadata?.labels?.[LABEL_REPOSITORY],
      action: job.spec?.action,
      createdMs: Number.isNaN(createdMs) ? undefined : createdMs,
    };
  }

  /** The job is gone. `at`: monotonic ms, as all times here that are not named otherwise. */
  deleted(uid: string, at: number): void {
    this.#uids.depart(uid, at / 1000);
  }

  /** A complete list of jobs has ended; no event from before `resumesAt` can come any more. */
  listed(list: { beganAt: number; resumesAt: number }, at: number): void {
    this.#listed = list;
    this.#forget(at);
  }

  /** A pass over the history begins, in this process's view at `at`. */
  scanBegan(at: number): void {
    this.#scans.push({ beganAt: at, beganServerMs: undefined });
  }

  /**
   * A page of the history. `firstAnswerMs`: server time of the process's first answer; what was recorded up to then
   * belongs to somebody before us.
   */
  recorded(records: readonly HistoricJob[], serverMs: number, firstAnswerMs: number, at: number): void {
    this.#historyReadable = true;
    for (const scan of this.#scans) scan.beganServerMs ??= serverMs;
    const since = Math.max(
      firstAnswerMs,
      (this.#lastScan?.beganServerMs ?? Number.NEGATIVE_INFINITY) - SCAN_OVERLAP_MS,
      // Whether older ones were announced is not known any more.
      serverMs - (at - this.#forgottenUntil) + SLACK_MS,
    );
    for (const record of records) {
      const uid = record.metadata?.labels?.[LABEL_ORIGINAL_UID];
      const createdMs = Date.parse(record.metadata?.creationTimestamp ?? "");
      if (uid === undefined || uid === "") continue;
      this.#uids.settle(uid);
      // Whole seconds: a record of the very second of our first answer may be older than we are.
      if (!(createdMs > since) || this.#uids.has(uid) || this.#waiting.has(uid)) continue;
      this.#waiting.set(uid, { announcement: reconstruct(uid, record), dueAt: at + SLOW_ADDED_MS });
    }
  }

  /**
   * A pass has ended; `complete` if it reached the last page. Which one is not told: a complete one is taken for the
   * earliest that is under way, a broken one for the latest, so that never more is concluded than was read. How many jobs
   * it shows to have ended a minute before it began, and left no record.
   */
  scanEnded(complete: boolean, at: number): number {
    const scan = complete ? this.#scans.shift() : this.#scans.pop();
    if (complete && scan !== undefined) this.#lastScan = { beganAt: scan.beganAt, beganServerMs: scan.beganServerMs ?? this.#lastScan?.beganServerMs };
    const unrecorded = complete && scan !== undefined ? this.#uids.unsettled((scan.beganAt - SLACK_MS) / 1000) : 0;
    this.#forget(at);
    return unrecorded;
  }

  /** Begin of the last complete pass; -Infinity before the first. */
  get scannedSince(): number {
    return this.#lastScan?.beganAt ?? Number.NEGATIVE_INFINITY;
  }

  /** The history is not served, or not to us. */
  historyUnreadable(): void {
    this.#historyReadable = false;
  }

  /** When the next record is due; undefined if none waits. */
  get dueAt(): number | undefined {
    const [first] = this.#waiting.values();
    return first?.dueAt;
  }

  /** Jobs known only from their records, each once. */
  due(at: number): Announcement[] {
    const announcements: Announcement[] = [];
    for (const [uid, { announcement, dueAt }] of this.#waiting) {
      if (dueAt > at) break;
      this.#waiting.delete(uid);
      if (this.#uids.has(uid)) continue;
      this.#uids.depart(uid, at / 1000);
      this.#uids.settle(uid);
      announcements.push(announcement);
    }
    return announcements;
  }

  #forget(at: number): void {
    const { beganAt, resumesAt } = this.#listed;
    const quietSince = this.#historyReadable ? Math.min(beganAt, this.scannedSince) - KEEP_MS : Math.min(beganAt, at - KEEP_UNREADABLE_MS);
    // The table counts whole seconds.
    const until = Math.min(quietSince, resumesAt - 1_000);
    if (until < 0) return;
    this.#uids.forget(until / 1000);
    if (!this.#historyReadable) this.#forgottenUntil = Math.max(this.#forgottenUntil, until);
  }
}

function reconstruct(uid: string, record: HistoricJob): Announcement {
  const { namespace = "", name = "", labels } = record.metadata ?? {};
  return {
    trigger: "reconstructed",
    namespace,
    job: jobNameOf(name, uid),
    uid,
    repository: record.spec?.repository ?? labels?.[LABEL_REPOSITORY],
    action: record.spec?.action,
    createdMs: undefined,
  };
}

/** The record's name is the job's with its uid behind it, as drive/record.ts has it, or a random suffix, as Grafana does (generateName `<job>-`). */
function jobNameOf(name: string, uid: string): string {
  return (name.endsWith(`-${uid}`) ? name.slice(0, -uid.length - 1) : name.replace(/-[^-]*$/, "")) || name;
}
